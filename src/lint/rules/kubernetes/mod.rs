pub(super) mod dangling_mount;
pub(super) mod dangling_name;
pub(super) mod ingress_host;
pub(super) mod refused_field;
pub(super) mod refused_value;
pub(super) mod relative_mount_path;
pub(super) mod url_as_host;
