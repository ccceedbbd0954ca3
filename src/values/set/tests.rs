use super::*;
use crate::text::Sources;
use crate::values::read;

/// `base` is a values file under the argument.
#[track_caller]
fn check_over(base: &str, kind: SetKind, text: &str, expected: Option<&str>) {
    let mut sources = Sources::default();
    let file = sources.add("values.yaml", base.to_owned());
    let mut values = read(file, base, Helm::Four).expect("values");
    let source = sources.add("--set", text.to_owned());
    let mut read_file = |path: &str| match path {
        "there" => Ok("a\nb".to_owned()),
        _ => Err("it is not there".to_owned()),
    };
    let done = set(&mut values, kind, Helm::Four, source, text, &mut read_file);
    let json = done.map(|()| values.to_json().to_string()).ok();
    assert_eq!(json.as_deref(), expected, "{text}");
}

#[track_caller]
fn check(text: &str, expected: Option<&str>) {
    check_over("", SetKind::Typed, text, expected);
}

#[test]
fn words_are_typed() {
    check(
        "a=1,b=-7,c=true,d=FALSE,e=Null,f=0",
        Some(r#"{"a":1,"b":-7,"c":true,"d":false,"e":null,"f":0}"#),
    );
    check(
        "a=1.5,b=yes,c=017,d=1e3,e=~",
        Some(r#"{"a":"1.5","b":"yes","c":"017","d":"1e3","e":"~"}"#),
    );
    check("a=,b= x ", Some(r#"{"a":"","b":" x "}"#));
    check_over(
        "",
        SetKind::String,
        "a=1,b=true",
        Some(r#"{"a":"1","b":"true"}"#),
    );
}

#[test]
fn paths_lead_into_mappings_and_lists() {
    check("a.b.c=1,a.d=2", Some(r#"{"a":{"b":{"c":1},"d":2}}"#));
    check("a[2]=x,a[0].b=1", Some(r#"{"a":[{"b":1},null,"x"]}"#));
    check("a[0][1]=x", Some(r#"{"a":[[null,"x"]]}"#));
    check("a={x,1,},b={}", Some(r#"{"a":["x",1,""],"b":[""]}"#));
    check(r"a\.b=1\,2", Some(r#"{"a.b":"1,2"}"#));
    check_over(
        "a: {b: 1, c: 2}",
        SetKind::Typed,
        "a.b=3",
        Some(r#"{"a":{"b":3,"c":2}}"#),
    );
}

#[test]
fn what_is_no_assignment_is_refused() {
    for text in [
        "a",
        "a,b=1",
        "a=1,,b=2",
        "a.b",
        "a[x]=1",
        "a[-1]=1",
        "a[70000]=1",
        "a[0]b=1",
        "a={x",
        "a[0",
    ] {
        check(text, None);
    }
    check(&format!("{}=1", "a.".repeat(31) + "a"), None);
    check(&format!("a{}=1", "[0]".repeat(100_000)), None);
    for over in ["a: 1", "a: null", "a: [1]"] {
        check_over(over, SetKind::Typed, "a.b=1", None);
    }
    check_over("a: {b: 1}", SetKind::Typed, "a[0]=1", None);
}

#[test]
fn an_argument_may_end_early() {
    check("", Some("{}"));
    check("a=1,", Some(r#"{"a":1}"#));
    check("a.", Some("{}"));
    check("a[0]", Some(r#"{"a":[]}"#));
    check("a[0].b=", Some(r#"{"a":[]}"#));
}

#[test]
fn json_files_and_literals() {
    check_over(
        "",
        SetKind::Json,
        r#"a={"b":[1,null]},c="x",d="#,
        Some(r#"{"a":{"b":[1,null]},"c":"x","d":null}"#),
    );
    check_over(
        "a: {b: 1}",
        SetKind::Json,
        r#"{"a":{"c":2}}"#,
        Some(r#"{"a":{"b":1,"c":2}}"#),
    );
    // Go's JSON has floats alone, and `--set` integers of 64 bits.
    let large = "a=9007199254740993";
    check_over("", SetKind::Json, large, Some(r#"{"a":9007199254740992}"#));
    check_over("", SetKind::Typed, large, Some(r#"{"a":9007199254740993}"#));
    check_over("", SetKind::Json, "a={", None);
    check_over("", SetKind::File, "a=there", Some(r#"{"a":"a\nb"}"#));
    check_over("", SetKind::File, "a=nowhere", None);
    check_over(
        "",
        SetKind::Literal,
        r"a.b=x,\y={z}",
        Some(r#"{"a":{"b":"x,\\y={z}"}}"#),
    );
}

#[test]
fn who_lost_is_known() {
    let mut sources = Sources::default();
    let file = sources.add("values.yaml", "a: {b: 1}\n".to_owned());
    let mut values = read(file, "a: {b: 1}\n", Helm::Four).expect("values");
    let source = sources.add("--set", "x=1,a.b=2".to_owned());
    let mut none = |_: &str| Err(String::new());
    set(
        &mut values,
        SetKind::Typed,
        Helm::Four,
        source,
        "x=1,a.b=2",
        &mut none,
    )
    .expect("set");
    let b = values.get_path(&["a", "b"]).expect("set");
    assert_eq!(sources.slice(b.set.value), "2");
    assert_eq!(b.set.key.map(|key| sources.slice(key)), Some("b"));
    assert_eq!(b.overridden.len(), 1);
    assert_eq!(sources.slice(b.overridden[0].set.value), "1");
}
