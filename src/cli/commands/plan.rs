//! `dunnage plan`: how many seats a hub needs, and who waits with those that it has.

use std::path::Path;

use crate::cli::Exit;
use crate::cli::args::{Format, PlanOptions};
use crate::cli::session::Session;
use crate::diag::Diagnostic;
use crate::plan::{self, DemandFile, PlanQuestion};
use crate::project::{LoadedPlan, load_demand, load_plan};

pub(in crate::cli) fn run(session: &mut Session<'_>, options: &PlanOptions) -> Exit {
    if let Some(path) = &options.scenario {
        return play(session, path);
    }
    let question = match ask(session, options) {
        Ok(question) => question,
        Err(errors) => return session.fail(&errors),
    };
    let answer = plan::answer(&question);
    let text = match session.format() {
        Format::Json => plan::answer_json(&session.reader.sources, &answer),
        _ => plan::page(&question, &answer),
    };
    match session.write(&text) {
        Exit::Fine if !answer.meets_goal() => Exit::Findings,
        written => written,
    }
}

fn ask(session: &mut Session<'_>, options: &PlanOptions) -> Result<PlanQuestion, Vec<Diagnostic>> {
    let loaded = load_plan(&mut session.reader, &options.request());
    session.show_notes();
    let LoadedPlan {
        policy,
        values,
        curve,
        trace,
    } = loaded?;
    let mut arguments = options.arguments(&mut session.reader.sources);
    let file = |source| DemandFile {
        source,
        text: session.reader.text(source),
    };
    arguments.curve = curve.map(file);
    arguments.trace = trace.map(file);
    PlanQuestion::new(&arguments, &policy, &values).map_err(|error| vec![error])
}

/// Plays a scenario.
fn play(session: &mut Session<'_>, path: &Path) -> Exit {
    let source = load_demand(&mut session.reader, path);
    let played = source.and_then(|source| {
        plan::play(DemandFile {
            source,
            text: session.reader.text(source),
        })
    });
    let answer = match played {
        Ok(answer) => answer,
        Err(error) => return session.fail(&[error]),
    };
    let text = match session.format() {
        Format::Json => plan::scenario_json(&answer),
        _ => plan::scenario_page(&answer),
    };
    session.write(&text)
}
