use proptest::prelude::*;

use super::*;
use crate::tree::tests::check_spans;
use crate::{MAX_DEPTH, Value};

/// The document in a compact notation: strings in quotes, numbers as written.
fn plain(node: &Node) -> String {
    match &node.value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(text) => text.to_string(),
        Value::String(text) => format!("{text:?}"),
        Value::List(items) => format!(
            "[{}]",
            items.iter().map(plain).collect::<Vec<_>>().join(",")
        ),
        Value::Map(pairs) => {
            let pair = |(key, value): &(Node, Node)| format!("{}:{}", plain(key), plain(value));
            format!(
                "{{{}}}",
                pairs.iter().map(pair).collect::<Vec<_>>().join(",")
            )
        }
    }
}

fn check(text: &str, expected: &str) {
    let parsed = parse(text);
    check_spans(text, &parsed);
    let documents = parsed.unwrap_or_else(|error| panic!("{text}\n{error:?}"));
    let documents: Vec<_> = documents.iter().map(plain).collect();
    assert_eq!(documents.join(" "), expected, "{text}");
}

#[test]
fn types_scalars_by_the_core_schema() {
    #[rustfmt::skip]
    let cases = [
        ("[null, Null, NULL, ~, nULL]", r#"[null,null,null,null,"nULL"]"#),
        ("[true, True, FALSE, yes, on, tRUE]", r#"[true,true,false,"yes","on","tRUE"]"#),
        ("[1.10, 0012, +3, -4, 0o17, 0x1F, 1e3, .5, 5., -.inf, .NaN]", "[1.10,0012,+3,-4,0o17,0x1F,1e3,.5,5.,-.inf,.NaN]"),
        ("[1.2.3, 1_000, 0x, 1e, '.', e5, +, 0b1, 12:30, 2001-12-14]", r#"["1.2.3","1_000","0x","1e",".","e5","+","0b1","12:30","2001-12-14"]"#),
        ("['1', \"2\", !!str 3, ! 4, !ref 5, !Sub six, !!int '7', !!binary x]", r#"["1","2","3","4",5,"six",7,"x"]"#),
        ("a:\nb: ''\nc: |\n  x\n  y\nd: >-\n  x\n  y\n", r#"{"a":null,"b":"","c":"x\ny\n","d":"x y"}"#),
    ];
    for (text, expected) in cases {
        check(text, expected);
    }
}

#[test]
fn reads_structures() {
    #[rustfmt::skip]
    let cases = [
        ("", ""),
        ("# only a comment\n", ""),
        ("a: 1\na: 2\n", r#"{"a":1,"a":2}"#),
        ("---\na: 1\n---\n- b\n...\n---\n", r#"{"a":1} ["b"] null"#),
        ("%YAML 1.1\n---\na: b\n", r#"{"a":"b"}"#),
        ("on:\n  push:\n- x\n", "error"),
        ("a:\n- b\n- c: d\n  e: f\n", r#"{"a":["b",{"c":"d","e":"f"}]}"#),
        ("? [x, y]\n: z\n", r#"{["x","y"]:"z"}"#),
        ("'@b/c@1.0.0(d@2)':\n  resolution: {integrity: sha512-aa==}\n", r#"{"@b/c@1.0.0(d@2)":{"resolution":{"integrity":"sha512-aa=="}}}"#),
        ("{a: 1, b, c: }", r#"{"a":1,"b":null,"c":null}"#),
        ("a: \"x\\u00e9\\\n   y\"\r\nb: c\r\n", r#"{"a":"xéy","b":"c"}"#),
    ];
    for (text, expected) in cases {
        if expected == "error" {
            assert!(parse(text).is_err(), "{text}");
        } else {
            check(text, expected);
        }
    }
}

#[test]
fn resolves_aliases_and_merge_keys() {
    #[rustfmt::skip]
    let cases = [
        ("a: &x [1, 2]\nb: *x\n", r#"{"a":[1,2],"b":[1,2]}"#),
        ("a: &x 1\nb: &x 2\nc: *x\n", r#"{"a":1,"b":2,"c":2}"#),
        ("&k key: v\nb: *k\n", r#"{"key":"v","b":"key"}"#),
        ("a: &x {p: 1, q: 2}\nb:\n  <<: *x\n  q: 3\n", r#"{"a":{"p":1,"q":2},"b":{"p":1,"q":3}}"#),
        ("a: &x {p: 1}\nb: &y {p: 2, r: 4}\nc:\n  s: 5\n  <<: [*x, *y]\n", r#"{"a":{"p":1},"b":{"p":2,"r":4},"c":{"p":1,"r":4,"s":5}}"#),
        ("a: &x {p: 1}\nb: &y {<<: *x, q: 2}\nc: {<<: *y}\n", r#"{"a":{"p":1},"b":{"p":1,"q":2},"c":{"p":1,"q":2}}"#),
        ("<<: text\n\"<<\": {a: 1}\n", r#"{"<<":"text","<<":{"a":1}}"#),
        ("a: &e\nb: *e\n", r#"{"a":null,"b":null}"#),
    ];
    for (text, expected) in cases {
        check(text, expected);
    }
}

#[test]
fn spans_are_bytes_of_the_text() {
    let text = "# ünïcödé\r\nclé: 'välue'\r\nlist:\r\n  - ☃ x\r\n  - {é: \"\\u00e9\"}\r\n\r\n# end\r\nlast: &a y\r\nalias: *a\r\n";
    let documents = parse(text).unwrap();
    let of = |node: &Node| &text[node.span.start as usize..node.span.end as usize];
    let root = &documents[0];
    assert!(
        of(root).starts_with("clé") && of(root).ends_with("*a"),
        "{}",
        of(root)
    );
    let (key, value) = root.entry("clé").unwrap();
    assert_eq!((of(key), of(value)), ("clé", "'välue'"));
    let list = root.get("list").unwrap();
    assert_eq!(of(list), "- ☃ x\r\n  - {é: \"\\u00e9\"}");
    assert_eq!(
        list.list().iter().map(of).collect::<Vec<_>>(),
        ["☃ x", "{é: \"\\u00e9\"}"]
    );
    assert_eq!(of(root.entry("last").unwrap().0), "last");
    assert_eq!(of(root.get("alias").unwrap()), "*a");
    // More characters than one step of the offsets' marks.
    let long = format!("{}\nkey: välue\n", "# é☃".repeat(100));
    let documents = parse(&long).unwrap();
    let (key, _) = documents[0].entry("key").unwrap();
    assert_eq!(key.span.start as usize, long.find("key").unwrap());
}

#[test]
fn says_what_is_wrong_and_where() {
    let cases = [
        ("a: [1, 2\n", ReasonCode::Malformed),
        ("a: b: c\n", ReasonCode::Malformed),
        ("é: *x\n", ReasonCode::Malformed),
        ("--- &x 1\n--- *x\n", ReasonCode::Malformed),
        ("a: &x [*x]\n", ReasonCode::Cycle),
        ("a: \"x", ReasonCode::Malformed),
    ];
    for (text, reason) in cases {
        let parsed = parse(text);
        check_spans(text, &parsed);
        let error = parsed.expect_err(text);
        assert_eq!(error.reason, reason, "{text}: {}", error.message);
        assert!(error.span.is_some() && !error.message.is_empty());
    }
}

#[test]
fn nesting_is_limited() {
    let nested = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
    assert!(parse(&nested(MAX_DEPTH)).is_ok());
    // An alias nests what it stands for.
    let by_alias = format!(
        "a: &x {}\nb: {}*x{}\n",
        nested(100),
        "[".repeat(40),
        "]".repeat(40)
    );
    for text in [
        nested(MAX_DEPTH + 1),
        "[".repeat(100_000),
        "{a: ".repeat(100_000),
        "- ".repeat(100_000),
        "? ".repeat(100_000),
        by_alias,
    ] {
        let error = parse(&text).unwrap_err();
        assert_eq!(
            error.reason,
            ReasonCode::TooDeep,
            "{:.40}: {}",
            text,
            error.message
        );
    }
}

#[test]
fn laughs_are_limited() {
    let mut text = "a0: &a0 [x]\n".to_owned();
    for n in 1..30 {
        let before = format!("*a{},", n - 1).repeat(10);
        text += &format!("a{n}: &a{n} [{before}]\n");
    }
    assert_eq!(parse(&text).unwrap_err().reason, ReasonCode::ExpansionRatio);

    // Few nodes can weigh much too.
    let text = format!(
        "a: &a {}\nb: [{}]\n",
        "x".repeat(100_000),
        "*a,".repeat(1000)
    );
    assert_eq!(parse(&text).unwrap_err().reason, ReasonCode::ExpansionRatio);

    let text = format!("a: &a {{x: 1}}\nb: [{}]\n", "*a,".repeat(10_000));
    assert!(parse(&text).is_ok());
}

/// Pieces that YAML gives a meaning, to be strung together.
fn near_yaml() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "a",
        "é",
        "☃",
        "1.10",
        ": ",
        "- ",
        "? ",
        "\n",
        "\r\n",
        "  ",
        "\t",
        "[",
        "]",
        "{",
        "}",
        ",",
        "&x ",
        "*x",
        "!t ",
        "!!str ",
        "|",
        ">-",
        "|2",
        "'",
        "\"",
        "\\u00e9",
        "\\",
        "#",
        " # c",
        "---\n",
        "...\n",
        "%TAG ! t:\n",
        "<<: ",
        "~",
        "\u{feff}",
        "@",
        "`",
        "\u{85}",
        "\0",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn never_panics(text in any::<String>()) {
        check_spans(&text, &parse(&text));
    }

    #[test]
    fn never_panics_on_near_misses(text in near_yaml()) {
        check_spans(&text, &parse(&text));
    }
}
