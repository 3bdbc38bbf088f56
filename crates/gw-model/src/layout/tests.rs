use gw_analysis::EntryKind;

use crate::testing::{Said, scan, scan_all};

fn folder(files: &[(&str, &str)]) -> Said {
    let files: Vec<(&str, EntryKind, &[u8])> = files
        .iter()
        .map(|(path, text)| (*path, EntryKind::File, text.as_bytes()))
        .collect();
    scan_all(&files, false)
}

const CONFIG: &str = r#"{"architectures":["LlamaForCausalLM"],"model_type":"llama","hidden_size":64,"vocab_size":100,
"num_hidden_layers":2,"torch_dtype":"bfloat16","transformers_version":"4.44.0","_name_or_path":"org/base",
"quantization_config":{"quant_method":"gptq","bits":4}}"#;

const CARD: &str = "---\nlicense: apache-2.0\nbase_model:\n- org/base\ndatasets: [org/data]\nlanguage: en\npipeline_tag: text-generation\n\
library_name: transformers\ntags:\n- chat\nmodel-index:\n- name: My Model\n  results:\n  - task: {type: text-generation}\n    dataset: {name: Bench, type: bench}\n    metrics:\n    - {type: accuracy, value: 0.5}\n---\n# Card\n";

/// A tensor file with two numbers of four bytes.
fn weights(name: &str) -> String {
    let header = format!(r#"{{"{name}":{{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}}}"#);
    let mut text = String::new();
    text.push(char::from(u8::try_from(header.len()).unwrap()));
    text.push_str("\0\0\0\0\0\0\0");
    text.push_str(&header);
    text.push_str("\0\0\0\0\0\0\0\0");
    text
}

#[test]
fn files_of_one_folder_are_one_model() {
    let (a, b) = (weights("a"), weights("b"));
    let said = folder(&[
        ("m/config.json", CONFIG),
        ("m/README.md", CARD),
        (
            "m/generation_config.json",
            r#"{"transformers_version":"4.44.0"}"#,
        ),
        (
            "m/tokenizer_config.json",
            r#"{"tokenizer_class":"LlamaTokenizer","chat_template":"{{ messages[0].content }}"}"#,
        ),
        ("m/model-00001-of-00002.safetensors", &a),
        ("m/model-00002-of-00002.safetensors", &b),
        (
            "m/model.safetensors.index.json",
            r#"{"metadata":{"total_size":16},"weight_map":{"a":"model-00001-of-00002.safetensors","b":"model-00002-of-00002.safetensors"}}"#,
        ),
        ("other/README.md", "---\ntitle: A web page\n---\n"),
        ("other/config.json", "{\"port\": 80}"),
        ("broken/config.json", "// not JSON"),
    ]);
    said.assert_clean();
    let [model] = said.models.as_slice() else {
        panic!("{:#?}", said.models)
    };
    assert_eq!(model.location.full_path(), "m");
    assert_eq!(model.format, "safetensors");
    assert_eq!(model.architecture.as_deref(), Some("LlamaForCausalLM"));
    assert_eq!(model.tensors, Some(2));
    assert_eq!(model.licenses, ["apache-2.0"]);
    assert_eq!(model.base_models, ["org/base"]);
    assert_eq!(model.datasets, ["org/data"]);
    assert_eq!(model.task.as_deref(), Some("text-generation"));
    assert_eq!(model.tokenizer.as_deref(), Some("LlamaTokenizer"));
    assert_eq!(model.quantization.as_deref(), Some("gptq 4 bit"));
    assert_eq!(model.metadata["metric: accuracy on Bench"], "0.5");
    assert!(model.files.len() >= 6, "{:?}", model.files);
}

#[test]
fn templates_are_found_wherever_they_are() {
    let hostile = "{{ cycler.__init__.__globals__ }}";
    for (path, text) in [
        (
            "tokenizer_config.json",
            format!(r#"{{"chat_template":"{hostile}"}}"#),
        ),
        (
            "tokenizer_config.json",
            format!(
                r#"{{"chat_template":[{{"name":"default","template":"x"}},{{"name":"tool_use","template":"{hostile}"}}]}}"#
            ),
        ),
        (
            "tokenizer_config.json",
            format!(r#"{{"chat_template":{{"default":"{hostile}"}}}}"#),
        ),
        (
            "tokenizer_config.json",
            format!(r#"{{"chat_template":"{hostile}","chat_template":"x"}}"#),
        ),
        (
            "chat_template.json",
            format!(r#"{{"chat_template":"{hostile}"}}"#),
        ),
        (
            "processor_config.json",
            format!(r#"{{"chat_template":"{hostile}"}}"#),
        ),
        ("chat_template.jinja", hostile.to_owned()),
        (
            "additional_chat_templates/tool_use.jinja",
            hostile.to_owned(),
        ),
    ] {
        scan(&format!("m/{path}"), text.as_bytes())
            .assert_found(&[("template-escape", "cycler.__init__.__globals__")]);
    }
}

#[test]
fn code_that_a_model_names_is_judged() {
    let config = r#"{"architectures":["X"],"auto_map":{"AutoConfig":"configuration_x.XConfig","AutoModel":"modeling_x.X"}}"#;
    let honest =
        "import torch\nfrom .configuration_x import XConfig\nclass X(torch.nn.Module):\n    pass\n";
    let said = folder(&[
        ("m/config.json", config),
        ("m/configuration_x.py", "class XConfig: pass\n"),
        ("m/modeling_x.py", honest),
    ]);
    said.assert_found(&[
        ("serving-code", "modeling_x.py"),
        ("serving-code", "configuration_x.py"),
    ]);
    let said = folder(&[
        ("m/config.json", config),
        ("m/configuration_x.py", "from .helper import XConfig\n"),
        ("m/helper.py", "import subprocess\nsubprocess.run(['x'])\n"),
        ("m/modeling_x.py", honest),
        (
            "elsewhere/tool.py",
            "import subprocess\nsubprocess.run(['x'])\n",
        ),
    ]);
    let code: Vec<&(String, String)> = said
        .findings
        .iter()
        .filter(|(rule, _)| rule == "python-code")
        .collect();
    assert_eq!(code.len(), 1, "{:?}", said.findings);
    folder(&[("m/config.json", config)]).assert_incomplete("missing", "modeling_x.py");
    let said = folder(&[
        ("m/config.json", CONFIG),
        ("m/handler.py", "import os\nos.system('x')\n"),
        (
            "m/requirements.txt",
            "torch\n--extra-index-url http://x.example/simple\n",
        ),
        ("data/data.py", "import datasets, os\nos.system('x')\n"),
        ("plain/requirements.txt", "git+https://x.example/y\n"),
    ]);
    said.assert_found(&[
        ("python-code", "os.system"),
        ("remote-code", "x.example/simple"),
    ]);
    assert_eq!(said.findings.len(), 3, "{:?}", said.findings);
}

#[test]
fn code_from_elsewhere_is_found() {
    let cases: &[(&str, &str, &str, &str)] = &[
        (
            "config.json",
            r#"{"model_type":"x","auto_map":{"AutoModel":"org/repo--modeling_x.X"}}"#,
            "remote-code",
            "org/repo",
        ),
        (
            "tokenizer_config.json",
            r#"{"tokenizer_class":"X","auto_map":{"AutoTokenizer":["org/repo--tok.X",null]}}"#,
            "remote-code",
            "org/repo",
        ),
        (
            "config.json",
            r#"{"model_type":"x","custom_pipelines":{"t":{"impl":"org/repo--pipe.P"}}}"#,
            "remote-code",
            "pipe.P",
        ),
        (
            "config.json",
            r#"{"model_type":"x","text_config":{"auto_map":{"AutoModel":"o/r--m.X"}}}"#,
            "remote-code",
            "o/r",
        ),
        (
            "config.json",
            r#"{"model_type":"x","_attn_implementation":"org/kernel"}"#,
            "remote-code",
            "org/kernel",
        ),
        (
            "config.json",
            r#"{"model_type":"x","trust_remote_code":true}"#,
            "remote-code",
            "itself",
        ),
        (
            "config.json",
            r#"{"model_type":"x","auto_map":{"AutoModel":"../evil.X"}}"#,
            "external-path",
            "evil",
        ),
        (
            "modules.json",
            r#"[{"idx":0,"name":"0","path":"","type":"os.system"}]"#,
            "named-callable",
            "os.system",
        ),
        (
            "modules.json",
            r#"[{"idx":0,"name":"0","path":"../x","type":"sentence_transformers.models.Transformer"}]"#,
            "external-path",
            "climbs",
        ),
        (
            "model_index.json",
            r#"{"_class_name":"P","unet":["subprocess","Popen"]}"#,
            "named-callable",
            "subprocess.Popen",
        ),
        (
            "adapter_config.json",
            r#"{"peft_type":"LORA","auto_mapping":{"parent_library":"os","base_model_class":"system"}}"#,
            "named-callable",
            "os.system",
        ),
    ];
    for (file, text, rule, part) in cases {
        let said = scan(&format!("m/{file}"), text.as_bytes());
        assert!(
            said.findings
                .iter()
                .any(|(r, m)| r == rule && m.contains(part)),
            "{text}: {said:?}"
        );
    }
}

#[test]
fn honest_layouts_give_nothing() {
    let said = folder(&[
        (
            "s/modules.json",
            r#"[{"idx":0,"name":"0","path":"","type":"sentence_transformers.models.Transformer"},{"idx":1,"name":"1","path":"1_Pooling","type":"sentence_transformers.models.Pooling"}]"#,
        ),
        (
            "s/config_sentence_transformers.json",
            r#"{"__version__":{"sentence_transformers":"3.0.0"}}"#,
        ),
        (
            "s/config.json",
            r#"{"architectures":["BertModel"],"model_type":"bert"}"#,
        ),
        (
            "d/model_index.json",
            r#"{"_class_name":"StableDiffusionPipeline","_diffusers_version":"0.30.0","unet":["diffusers","UNet2DConditionModel"],"safety_checker":["stable_diffusion","StableDiffusionSafetyChecker"],"feature_extractor":[null,null]}"#,
        ),
        (
            "d/unet/config.json",
            r#"{"_class_name":"UNet2DConditionModel","_diffusers_version":"0.30.0"}"#,
        ),
        (
            "a/adapter_config.json",
            r#"{"peft_type":"LORA","base_model_name_or_path":"org/base","auto_mapping":null}"#,
        ),
    ]);
    said.assert_clean();
    assert_eq!(said.models.len(), 4);
    assert_eq!(said.models[0].base_models, ["org/base"]);
}

#[test]
fn pointers_and_broken_files_are_said() {
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n";
    scan("m/pytorch_model.bin", pointer.as_bytes()).assert_incomplete("missing", "pointer");
    scan("m/config.json", br#"{"architectures": ["X"], "#).assert_incomplete("malformed", "");
    let said = folder(&[
        ("m/config.json", CONFIG),
        ("m/README.md", "---\nlicense: [\n---\n"),
    ]);
    said.assert_incomplete("malformed", "card");
}

#[test]
fn images_are_described() {
    let manifest = format!(
        r#"{{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","artifactType":"application/vnd.cncf.model.manifest.v1+json",
"config":{{"mediaType":"application/vnd.cncf.model.config.v1+json","digest":"sha256:{0}","size":1}},
"layers":[{{"mediaType":"application/vnd.cncf.model.weight.v1.tar","digest":"sha256:{1}","size":1,"annotations":{{"org.cncf.model.filepath":"model.safetensors"}}}}],
"annotations":{{"org.opencontainers.image.licenses":"MIT","a":"b"}}}}"#,
        "ab".repeat(32),
        "cd".repeat(32)
    );
    let config = r#"{"descriptor":{"name":"m","family":"llama"},"modelfs":{"type":"layers","diffIds":[]},"config":{"architecture":"transformer","format":"safetensors","precision":"bf16"}}"#;
    let said = folder(&[
        (&format!("blobs/sha256/{}", "11".repeat(32)), &manifest),
        (&format!("blobs/sha256/{}", "ab".repeat(32)), config),
        (
            &format!("blobs/sha256/{}", "ef".repeat(32)),
            r#"{"architecture":"amd64","rootfs":{}}"#,
        ),
    ]);
    said.assert_clean();
    let [model] = said.models.as_slice() else {
        panic!("{:#?}", said.models)
    };
    assert_eq!(model.name.as_deref(), Some("m"));
    assert_eq!(model.architecture.as_deref(), Some("transformer"));
    assert_eq!(model.licenses, ["MIT"]);
    assert_eq!(model.files, ["model.safetensors"]);
    assert_eq!(model.metadata["precision"], "bf16");
}

#[test]
fn files_of_keras_with_numbers_each_are_models_each() {
    use crate::keras::hdf5::tests::{Writer, sample};
    let file = Writer::file(&sample(), 0);
    let said = scan_all(
        &[
            ("saves/a.h5", EntryKind::File, &file),
            ("saves/b.h5", EntryKind::File, &file),
            ("saves/c.h5", EntryKind::File, &file),
        ],
        false,
    );
    let paths: Vec<&str> = said
        .models
        .iter()
        .map(|one| one.location.path.as_str())
        .collect();
    assert_eq!(paths, ["saves/a.h5", "saves/b.h5", "saves/c.h5"]);
}
