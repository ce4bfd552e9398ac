//! Leptos components, a function of [`crate::call::CallView`].
