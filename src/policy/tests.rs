mod model;
mod refusals;
mod schema;
