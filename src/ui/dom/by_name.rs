//! Members of browser objects by their names, so that the generated glue does not grow.

use js_sys::{Array, Function, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

/// A member of an object; `None` if it is not there.
pub(super) fn member(object: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(object, &name.into()).ok().filter(|value| !value.is_undefined() && !value.is_null())
}

/// Calls a method.
pub(super) fn invoke(object: &JsValue, name: &str, arguments: &[JsValue]) -> Result<JsValue, JsValue> {
    let method = Reflect::get(object, &name.into())?.dyn_into::<Function>()?;
    method.apply(object, &arguments.iter().collect::<Array>())
}

/// A dictionary with these members.
pub(super) fn dictionary(members: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in members {
        // Fails only for objects that are frozen.
        let _ = Reflect::set(&object, &(*name).into(), value);
    }
    object.into()
}
