pub(super) mod contradicted_across_files;
