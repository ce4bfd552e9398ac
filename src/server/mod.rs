//! The server shell: axum routes, WebSockets and the hub's driver.
