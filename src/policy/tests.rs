mod model;
mod refusals;
mod schema;
mod templates;
