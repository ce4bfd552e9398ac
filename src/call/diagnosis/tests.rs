mod devices;
mod properties;
mod running;
mod stage;
mod verdicts;
