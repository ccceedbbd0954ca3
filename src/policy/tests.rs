mod additions;
mod model;
mod refusals;
mod schema;
mod selection;
mod templates;
