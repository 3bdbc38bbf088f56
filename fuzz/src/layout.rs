//! Seeds of descriptions, templates and boosted trees.

pub const TEMPLATES: [&str; 3] = [
    "{% for m in messages %}{{ '<|' + m['role'] + '|>' ~ m.content|trim }}{% endfor %}",
    "{%- macro f(a, b='x') -%}{{ a|attr('__cla' ~ 'ss__') }}{%- endmacro -%}{{ f(''[1:2], *[1]) if x is defined else {'a': 1}.a }}",
    "{% set ns = namespace(a='') %}{% for c in 'abc' if c != 'b' %}{% set ns.a = ns.a ~ '%c'|format(95) %}{% else %}{% endfor %}{% call f() %}{% raw %}x{% endraw %}{% endcall %}",
];

pub const KERAS: [&str; 1] = [
    r#"{"module":"keras","class_name":"Sequential","config":{"name":"s","layers":[{"class_name":"Lambda","config":{"name":"l","function":["4wAA",null,null],"function_type":"lambda"}},{"module":"os","class_name":"function","config":"system","registered_name":"A>b"}]}}"#,
];

pub const UBJ: [&[u8]; 1] = [
    b"{L\0\0\0\0\0\0\0\x07learner{L\0\0\0\0\0\0\0\x10gradient_booster{L\0\0\0\0\0\0\0\x04nameSL\0\0\0\0\0\0\0\x06gbtree}}L\0\0\0\0\0\0\0\x07version[$l#L\0\0\0\0\0\0\0\x01\0\0\0\x02}",
];

pub const MSGPACK: [&[u8]; 1] =
    [b"\x81\xa6params\x81\xa1a\xc7\x14\x01\x93\x91\x01\xa7float32\xc4\x04\0\0\0\0\0\0\0\0"];

pub const PMML: [&str; 1] = [
    r#"<?xml version="1.0"?><PMML version="4.4"><Header><Application name="a"/></Header><TreeModel modelName="m"><Apply function="a.b"/></TreeModel></PMML>"#,
];

pub const CARDS: [&str; 1] = [
    "---\nlicense: mit\nbase_model: [a]\nmodel-index:\n- name: m\n  results:\n  - dataset: {name: d}\n    metrics:\n    - {type: t, value: 1}\n---\n# x\n",
];

pub const CONFIGS: [&str; 2] = [
    r#"{"architectures":["X"],"auto_map":{"AutoModel":"o/r--m.X"},"chat_template":[{"name":"a","template":"{{ x }}"}]}"#,
    r#"{"_class_name":"P","unet":["diffusers","U"],"custom":["my","C"]}"#,
];

pub const LIGHTGBM: [&str; 1] = [
    "tree\nversion=v4\nmax_feature_idx=3\nTree=0\nnum_leaves=2\nsplit_feature=1\nleft_child=-1\nright_child=-2\nend of trees\n",
];

/// The least that is a file of HDF5: a superblock and a root with an attribute.
pub fn hdf5s() -> Vec<Vec<u8>> {
    let mut file = b"\x89HDF\r\n\x1a\n\0\0\0\0\0\x08\x08\0\x04\0\x10\0\0\0\0\0".to_vec();
    for number in [0, u64::MAX, 176, u64::MAX, 0, 96] {
        file.extend(number.to_le_bytes());
    }
    file.resize(96, 0);
    file.extend(b"\x01\0\x01\0\x01\0\0\0\x38\0\0\0\0\0\0\0\x0c\0\x30\0\0\0\0\0");
    file.extend(b"\x01\0\x02\0\x08\0\x08\0a\0\0\0\0\0\0\0\x13\0\0\0\x02\0\0\0\x01\0\0\0\0\0\0\0{}\0\0\0\0\0\0");
    file.resize(176, 0);
    vec![file]
}
