//! How loud the microphone is, for the level meter on the page.

use wasm_bindgen::JsValue;
use web_sys::{
    AnalyserNode, AudioContext, AudioContextState, MediaStream, MediaStreamAudioSourceNode, MediaStreamTrack,
};

use super::js;

/// Samples per reading: 21 ms at 48 kHz.
const SAMPLES: usize = 1024;

/// An audio graph that listens to the microphone and plays nothing. Dropping it takes it down.
pub(super) struct Meter {
    context: AudioContext,
    /// What it listens to: gives sound also while the track that is sent is silenced.
    track: MediaStreamTrack,
    analyser: AnalyserNode,
    _source: MediaStreamAudioSourceNode,
    samples: Vec<f32>,
}

impl Meter {
    pub(super) fn new(microphone: &MediaStreamTrack) -> Result<Self, JsValue> {
        let context = AudioContext::new_with_context_options(&js::dictionary(&[
            // Large buffers wake the processor less often. The level may be that of some moments before.
            ("latencyHint", "playback".into()),
            // Nothing is played, so no output device is opened (Web Audio API, `AudioSinkOptions`). Browsers
            // that do not know this take no notice.
            ("sinkId", js::dictionary(&[("type", "none".into())])),
        ]))?;
        // The browser's method, which makes another track of the same device.
        let track = MediaStreamTrack::clone(microphone);
        track.set_enabled(true);
        let (analyser, source) = graph(&context, &track).inspect_err(|_| {
            track.stop();
            close(&context);
        })?;
        Ok(Self { context, track, analyser, _source: source, samples: vec![0.0; SAMPLES] })
    }

    /// Loudness now, 0.0 to 1.0: the root mean square, stretched so that speech fills the scale. `None` until
    /// the browser lets the graph run, which may take a user gesture.
    pub(super) fn level(&mut self) -> Option<f32> {
        if self.context.state() != AudioContextState::Running {
            return None;
        }
        self.analyser.get_float_time_domain_data(&mut self.samples);
        let power = self.samples.iter().map(|sample| sample * sample).sum::<f32>() / SAMPLES as f32;
        Some((power.sqrt() * 5.0).min(1.0))
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        self.track.stop();
        close(&self.context);
    }
}

fn graph(
    context: &AudioContext,
    track: &MediaStreamTrack,
) -> Result<(AnalyserNode, MediaStreamAudioSourceNode), JsValue> {
    let stream = MediaStream::new()?;
    stream.add_track(track);
    let source = context.create_media_stream_source(&stream)?;
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
