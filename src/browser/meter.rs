//! How loud the microphone is, for the level meter on the page.

use wasm_bindgen::JsValue;
use web_sys::{AnalyserNode, AudioContext, MediaStream, MediaStreamAudioSourceNode};

use super::js;

/// Samples per reading: 21 ms at 48 kHz.
const SAMPLES: usize = 1024;

/// An audio graph that listens to the microphone and plays nothing. Dropping it takes it down.
pub(super) struct Meter {
    context: AudioContext,
    analyser: AnalyserNode,
    _source: MediaStreamAudioSourceNode,
    samples: Vec<f32>,
}

impl Meter {
    pub(super) fn new(stream: &MediaStream) -> Result<Self, JsValue> {
        let context = AudioContext::new()?;
        let graph = graph(&context, stream).inspect_err(|_| close(&context))?;
        let (analyser, source) = graph;
        Ok(Self { context, analyser, _source: source, samples: vec![0.0; SAMPLES] })
    }

    /// Loudness now, 0.0 to 1.0: the root mean square, stretched so that speech fills the scale.
    pub(super) fn level(&mut self) -> f32 {
        self.analyser.get_float_time_domain_data(&mut self.samples);
        let power = self.samples.iter().map(|sample| sample * sample).sum::<f32>() / SAMPLES as f32;
        (power.sqrt() * 5.0).min(1.0)
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        close(&self.context);
    }
}

fn graph(
    context: &AudioContext,
    stream: &MediaStream,
) -> Result<(AnalyserNode, MediaStreamAudioSourceNode), JsValue> {
    let source = context.create_media_stream_source(stream)?;
    let analyser = context.create_analyser()?;
    analyser.set_fft_size(SAMPLES as u32);
    source.connect_with_audio_node(&analyser)?;
    Ok((analyser, source))
}

fn close(context: &AudioContext) {
    if let Ok(promise) = context.close() {
        js::run(promise);
    }
}
