use gw_analysis::Output;
use gw_finding::{Finding, Incomplete, Location};
use proptest::prelude::*;

use super::check;
use crate::report::Report;

/// Templates in the manner of the well-known families of models, each with what its family does
/// that others do not.
pub(crate) const HONEST: &[(&str, &str)] = &[
    (
        "chatml",
        "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] \
         + '<|im_end|>' + '\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}\
         {% endif %}",
    ),
    (
        "system-first",
        "{% if messages[0]['role'] == 'system' %}{% set loop_messages = messages[1:] %}\
         {% set system_message = messages[0]['content'] %}{% else %}{% set loop_messages = messages %}\
         {% set system_message = false %}{% endif %}{% for message in loop_messages %}\
         {% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}\
         {{ raise_exception('Conversation roles must alternate user/assistant/user/assistant/...') }}\
         {% endif %}{% if loop.index0 == 0 and system_message != false %}\
         {% set content = '<<SYS>>\\n' + system_message + '\\n<</SYS>>\\n\\n' + message['content'] %}\
         {% else %}{% set content = message['content'] %}{% endif %}{% if message['role'] == 'user' %}\
         {{ bos_token + '[INST] ' + content.strip() + ' [/INST]' }}{% elif message['role'] == 'assistant' %}\
         {{ ' ' + content.strip() + ' ' + eos_token }}{% endif %}{% endfor %}",
    ),
    (
        "dates-and-tools",
        "{{- bos_token }}\n{%- if custom_tools is defined %}\n    {%- set tools = custom_tools %}\n{%- endif %}\n\
         {%- if not tools_in_user_message is defined %}\n    {%- set tools_in_user_message = true %}\n{%- endif %}\n\
         {%- if not date_string is defined %}\n    {%- if strftime_now is defined %}\n\
         {%- set date_string = strftime_now(\"%d %b %Y\") %}\n    {%- else %}\n\
         {%- set date_string = \"26 Jul 2024\" %}\n    {%- endif %}\n{%- endif %}\n\
         {%- if not tools is defined %}{%- set tools = none %}{%- endif %}\n\
         {#- This block extracts the system message. #}\n\
         {%- if messages[0]['role'] == 'system' %}\n{%- set system_message = messages[0]['content']|trim %}\n\
         {%- set messages = messages[1:] %}\n{%- else %}\n{%- set system_message = \"\" %}\n{%- endif %}\n\
         {{- \"<|start_header_id|>system<|end_header_id|>\\n\\n\" }}\n{%- if tools is not none %}\n\
         {{- \"Environment: ipython\\n\" }}\n{%- endif %}\n{%- if builtin_tools is defined %}\n\
         {{- \"Tools: \" + builtin_tools | reject('equalto', 'code_interpreter') | join(\", \") + \"\\n\\n\"}}\n\
         {%- endif %}\n{%- for t in tools %}{{- t | tojson(indent=4) }}{%- endfor %}\n\
         {%- for message in messages %}\n\
         {%- if not (message.role == 'ipython' or message.role == 'tool' or 'tool_calls' in message) %}\n\
         {{- '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n'+ message['content'] | trim }}\n\
         {%- elif 'tool_calls' in message %}\n{%- if not message.tool_calls|length == 1 %}\n\
         {{- raise_exception(\"This model only supports single tool-calls at once!\") }}\n{%- endif %}\n\
         {%- set tool_call = message.tool_calls[0].function %}\n\
         {%- for arg_name, arg_val in tool_call.arguments | items %}\n\
         {{- arg_name + '=\"' + arg_val + '\"' }}\n{%- if not loop.last %}\n{{- \", \" }}\n{%- endif %}\n\
         {%- endfor %}\n{%- endif %}\n{%- endfor %}",
    ),
    (
        "reasoning",
        "{%- set ns = namespace(multi_step_tool=true, last_query_index=messages|length - 1) %}\n\
         {%- for message in messages[::-1] %}\n{%- set index = (messages|length - 1) - loop.index0 %}\n\
         {%- if ns.multi_step_tool and message.role == \"user\" and message.content is string and \
         not(message.content.startswith('<tool_response>') and message.content.endswith('</tool_response>')) %}\n\
         {%- set ns.multi_step_tool = false %}\n{%- set ns.last_query_index = index %}\n{%- endif %}\n{%- endfor %}\n\
         {%- for message in messages %}\n{%- if message.content is string %}\n\
         {%- set content = message.content %}\n{%- else %}\n{%- set content = '' %}\n{%- endif %}\n\
         {%- set reasoning_content = '' %}\n{%- if message.reasoning_content is string %}\n\
         {%- set reasoning_content = message.reasoning_content %}\n{%- else %}\n\
         {%- if '</think>' in content %}\n\
         {%- set reasoning_content = content.split('</think>')[0].rstrip('\\n').split('<think>')[-1].lstrip('\\n') %}\n\
         {%- set content = content.split('</think>')[-1].lstrip('\\n') %}\n{%- endif %}\n{%- endif %}\n\
         {%- if loop.index0 > ns.last_query_index %}\n\
         {{- '<|im_start|>' + message.role + '\\n<think>\\n' + reasoning_content.strip('\\n') + '\\n</think>\\n\\n' }}\n\
         {%- endif %}\n{%- if message.tool_calls %}\n{%- for tool_call in message.tool_calls %}\n\
         {%- if tool_call.function %}\n{%- set tool_call = tool_call.function %}\n{%- endif %}\n\
         {{- '<tool_call>\\n{\"name\": \"' }}{{- tool_call.name }}{{- '\", \"arguments\": ' }}\n\
         {%- if tool_call.arguments is string %}{{- tool_call.arguments }}{%- else %}\n\
         {{- tool_call.arguments | tojson }}{%- endif %}{{- '}\\n</tool_call>' }}\n{%- endfor %}\n{%- endif %}\n\
         {%- if loop.first or (messages[loop.index0 - 1].role != \"tool\") %}x{%- endif %}\n{%- endfor %}\n\
         {%- if add_generation_prompt and enable_thinking is defined and enable_thinking is false %}\n\
         {{- '<think>\\n\\n</think>\\n\\n' }}\n{%- endif %}",
    ),
    (
        "channels-and-macros",
        "{%- macro render_typescript_type(param_spec, required_params, is_nullable=false) -%}\n\
         {%- if param_spec.type == \"array\" -%}\n{%- if param_spec['items'] -%}\n\
         {%- if param_spec['items']['type'] == \"string\" -%}{{- \"string[]\" }}\n\
         {%- else -%}\n{%- set inner_type = render_typescript_type(param_spec['items'], required_params) -%}\n\
         {%- if inner_type == \"object | object\" or inner_type|length > 50 -%}{{- \"any[]\" }}\n\
         {%- else -%}{{- inner_type + \"[]\" }}{%- endif -%}\n{%- endif -%}\n{%- endif -%}\n\
         {%- elif param_spec.type is defined and param_spec.type is iterable and param_spec.type is not string \
         and param_spec.type is not mapping and param_spec.type[0] is defined -%}\n\
         {%- if param_spec.type | length > 1 -%}{{- param_spec.type | join(\" | \") }}{%- endif -%}\n\
         {%- elif param_spec.oneOf -%}\n{%- set has_object_variants = false -%}\n\
         {%- for variant in param_spec.oneOf -%}\n{%- if variant.type == \"object\" -%}\n\
         {%- set has_object_variants = true -%}\n{%- endif -%}\n{%- endfor -%}\n\
         {%- for prop_name, prop_spec in param_spec.properties.items() -%}\n{{- prop_name -}}\n\
         {%- if prop_name not in (param_spec.required or []) -%}{{- \"?\" -}}{%- endif -%}\n\
         {{- \": \" }}{{ render_typescript_type(prop_spec, param_spec.required or []) }}\n{%- endfor -%}\n\
         {%- endif -%}\n{%- endmacro -%}\n\
         {%- macro render_tool_namespace(namespace_name, tools) -%}\n\
         {{- \"## \" + namespace_name + \"\\n\\n\" }}{%- for tool in tools %}\n{%- set tool = tool.function %}\n\
         {{- \"// \" + tool.description + \"\\n\" }}\n\
         {%- if tool.parameters and tool.parameters.properties %}\n\
         {%- for param_name, param_spec in tool.parameters.properties.items() %}\n\
         {%- if param_spec.default is defined %}\n\
         {%- if param_spec.enum %}{{- \", // default: \" + param_spec.default }}\n\
         {%- elif param_spec.default is string %}{{- '\"' + param_spec.default + '\"' }}\n\
         {%- else %}{{- param_spec.default|tojson }}{%- endif -%}\n{%- endif %}\n\
         {{- render_typescript_type(param_spec, tool.parameters.required or []) }}\n{%- endfor %}\n\
         {%- endif %}\n{%- endfor %}\n{%- endmacro -%}\n\
         {%- macro build_system_message() -%}\n{%- if model_identity is not defined %}\n\
         {%- set model_identity = \"You are a helpful assistant.\" %}\n{%- endif %}\n\
         {{- model_identity + \"\\n\" }}{{- \"Current date: \" + strftime_now(\"%Y-%m-%d\") + \"\\n\\n\" }}\n\
         {%- endmacro -%}\n{{- build_system_message() }}\n\
         {{- render_tool_namespace(\"functions\", tools) }}\n\
         {%- set last_tool_call = namespace(name=none) %}\n{%- for message in messages -%}\n\
         {%- if \"tool_calls\" in message %}\n{%- set tool_call = message.tool_calls[0] %}\n\
         {{- \"<|start|>assistant to=\" }}{{- \"functions.\" + tool_call.name + \"<|channel|>commentary \" }}\n\
         {{- (tool_call.content_type if tool_call.content_type is defined else \"json\") + \"<|message|>\" }}\n\
         {%- set last_tool_call.name = tool_call.name %}\n\
         {%- elif message.role == 'tool' -%}\n{%- if last_tool_call.name is none %}\n\
         {{- raise_exception(\"Message has tool role, but there was no previous tool call!\") }}\n\
         {%- endif %}\n{{- \"<|start|>functions.\" + last_tool_call.name }}\n{%- endif -%}\n{%- endfor -%}",
    ),
    (
        "loop-controls-and-generation",
        "{%- for message in messages %}{%- if message.role == 'system' %}{%- continue %}{%- endif %}\
         {%- if loop.index0 > 10 %}{% break %}{%- endif %}\
         {% generation %}{{ message.content | default('', true) }}{% endgeneration %}{%- endfor %}",
    ),
    (
        "documents-and-dicts",
        "{%- set role_names = {'user': 'USER', 'assistant': 'CHATBOT', 'tool': 'TOOL'} -%}\
         {%- macro json_to_python_type(json_spec) %}\
         {%- set basic_type_map = {\"string\": \"str\", \"number\": \"float\", \"integer\": \"int\"} %}\
         {%- if basic_type_map[json_spec.type] is defined %}{{- basic_type_map[json_spec.type] }}\
         {%- elif json_spec.type == \"array\" %}{{- \"List[\" +  json_to_python_type(json_spec.items) + \"]\"}}\
         {%- elif json_spec.type is iterable %}{{- \"Union[\" }}\
         {%- for t in json_spec.type %}{{- json_to_python_type({\"type\": t}) }}\
         {%- if not loop.last %}{{- \",\" }}{%- endif %}{%- endfor %}{{- \"]\" }}\
         {%- else %}{{- \"Any\" }}{%- endif %}{%- endmacro %}\
         {%- for document in documents %}\nDocument: {{ loop.index0 }}\n\
         {% for key, value in document|items %}{{ key }}: {{value}}\n{% endfor %}{%- endfor %}\
         {%- for tool in tools %}{%- set required = tool.parameter_definitions | selectattr('required') %}\
         {{ tool.get('name') }}{{ tool['function'].get('parameters', {}).get('properties', {}) | length }}\
         {{ json_to_python_type(tool.parameters) }}{%- endfor %}\
         {%- for m in messages %}{{ role_names[m['role']] }}{{ m.content|replace('<', '&lt;')|safe }}{%- endfor %}",
    ),
    (
        "content-parts",
        "{{ bos_token }}{%- if messages[0]['role'] == 'system' -%}\
         {%- if messages[0]['content'] is string -%}{%- set first_user_prefix = messages[0]['content'] + '\\n\\n' -%}\
         {%- else -%}{%- set first_user_prefix = messages[0]['content'][0]['text'] + '\\n\\n' -%}{%- endif -%}\
         {%- set loop_messages = messages[1:] -%}{%- else -%}{%- set first_user_prefix = \"\" -%}\
         {%- set loop_messages = messages -%}{%- endif -%}{%- for message in loop_messages -%}\
         {%- set role = 'model' if message['role'] == 'assistant' else message['role'] -%}\
         {{ '<start_of_turn>' + role + \"\\n\" + (first_user_prefix if loop.first else \"\") }}\
         {%- if message['content'] is iterable and message['content'] is not string -%}\
         {%- for item in message['content'] -%}{%- if item['type'] == 'image' -%}{{ '<start_of_image>' }}\
         {%- elif item['type'] == 'text' -%}{{ item['text'] | trim }}{%- endif -%}{%- endfor -%}\
         {%- else -%}{{ raise_exception(\"Invalid content type\") }}{%- endif -%}{%- endfor -%}",
    ),
    (
        "images-and-parts",
        "{% for message in messages %}{% set image_count = namespace(value=0) %}\
         {% for content in message['content'] | selectattr('type', 'equalto', 'image') %}\
         {% set image_count.value = image_count.value + 1 %}Picture {{ image_count.value }}: <image>\n{% endfor %}\
         {% for content in message['content'] | selectattr('type', 'equalto', 'text') %}\
         {% generation %}{{ content['text'] }}{% endgeneration %}{% endfor %}{% endfor %}\
         {%- set texts = messages | map(attribute='content') | list %}{{ texts | join('\n') }}\
         {% set _ = texts.append(messages[-1].content) %}{{ texts|length ~ ' of ' ~ (messages|length) }}",
    ),
    (
        "citations",
        "{%- set tool_idx = namespace(value=0) %}{%- set tool_ids_seen = namespace(value=[]) %}\
         {%- macro format_id(value) %}{{ '%09d' % (value|int) }}{{ \"%02d:%s\"|format(1, value) }}{% endmacro %}\
         {%- for message in messages %}{%- for tc in message.tool_calls %}\
         {%- set tool_ids_seen.value = tool_ids_seen.value + [tc.id] %}\
         {%- if tc.id is not defined or tc.id|length != 9 %}{{ raise_exception('Tool call IDs should be 9') }}{%- endif %}\
         {{ tool_ids_seen.value.index(tc.id) }}{{ format_id(tool_ids_seen.value|length) }}{%- endfor %}\
         {%- set user_messages = messages | selectattr(\"role\", \"equalto\", \"user\") | list %}\
         {%- if loop.last and loop.index0 == messages|length - 1 and user_messages[-1] == message %}x{%- endif %}\
         {%- endfor %}{%- for i in range(0, messages|length) %}{{ messages[i].content[:100] }}{% endfor %}\
         {%- for i in range(3) %}{{ i }}{% endfor %}",
    ),
    (
        "special-tokens-with-underscores",
        "{% set bos = '__start__' %}{{ bos }}{{ '__role__' ~ messages[0].role ~ '__end__' }}\
         {%- for m in messages %}{{ m['__type__'] }}{{ {'__user__': 'a'}['__' ~ 'user__'] }}{% endfor %}",
    ),
    (
        "raw-and-comments",
        "{# {{ ''.__class__ }} #}{% raw %}{{ x.__class__.__mro__ }}{% endraw %}{{ messages[0].content }}",
    ),
    (
        "with-and-call",
        "{% macro turn(role) %}<{{ role }}>{{ caller() }}</{{ role }}>{% endmacro %}\
         {% with first = messages[0] %}{% call turn(first.role) %}{{ first.content }}{% endcall %}{% endwith %}\
         {% filter upper %}{{ messages[0].role }}{% endfilter %}{% set x %}{{ messages[0].content }}{% endset %}\
         {{ x | trim }}{% if x is not divisibleby 3 and x is none or messages %}y{% endif %}",
    ),
];

/// Templates that reach into Python, every one by another way.
pub(crate) const HOSTILE: &[&str] = &[
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ messages.__init__.__globals__ }}",
    "{{ cycler.__init__.__globals__.os }}",
    "{{ lipsum.__globals__['os'] }}",
    "{{ joiner.__init__.__globals__.os }}",
    "{{ namespace.__init__.__globals__.os }}",
    "{{ self.__init__.__globals__ }}",
    "{{ self._TemplateReference__context }}",
    "{{ ''['__class__'] }}",
    "{{ ''['__cla'+'ss__'] }}",
    "{{ ''['__cla' 'ss__'] }}",
    "{{ ''['__cla'~'ss__'] }}",
    "{{ ''['\\x5f\\x5fclass\\x5f\\x5f'] }}",
    "{{ ''['\\u005f\\u005fclass\\137\\137'] }}",
    "{{ ''['\\N{LOW LINE}_class_\\N{LOW LINE}'] }}",
    "{{ ''|attr('__class__') }}",
    "{{ ''|attr('__'~'class'~'__') }}",
    "{{ ''|attr('_'*2~'class'~'_'*2) }}",
    "{{ ''|attr(['__cla','ss__']|join) }}",
    "{{ ''|attr(('__cla','ss__')|join('')) }}",
    "{{ ''|attr('__ssalc__'|reverse) }}",
    "{{ ''|attr('__ssalc__'[::-1]) }}",
    "{{ ''|attr('__CLASS__'|lower) }}",
    "{{ ''|attr('__CLASS__'.lower()) }}",
    "{{ ''|attr('xxclassxx'.replace('x','_')) }}",
    "{{ ''|attr('xxclassxx'|replace('x','_')) }}",
    "{{ ''|attr('%sclass%s'|format('__','__')) }}",
    "{{ ''|attr('%c%cclass%c%c'%(95,95,95,95)) }}",
    "{{ ''|attr('{0}class{0}'.format('__')) }}",
    "{{ ''|attr(dict(__cla=1,ss__=2)|join) }}",
    "{{ ''|attr(dict(__class__=1)|first) }}",
    "{{ ''|attr('__class__,x'.split(',')[0]) }}",
    "{{ ''|attr('  __class__ '.strip()) }}",
    "{{ ''|attr('__tuohss__'|replace('tuohs','clas')) }}",
    "{{ ''.__getattribute__('__class__') }}",
    "{% set x = '__cla' %}{% set y = 'ss__' %}{{ ''|attr(x ~ y) }}",
    "{% set ns = namespace(a='') %}{% for c in ['__','class','__'] %}{% set ns.a = ns.a ~ c %}{% endfor %}{{ ''|attr(ns.a) }}",
    "{% set ns = namespace(a='') %}{% for c in 'aa_b_cxlass__'.replace('a','').replace('b','').replace('x','') %}{% set ns.a = ns.a ~ c %}{% endfor %}{{ ''|attr(ns.a.replace('clss','class')) }}",
    "{% macro n() %}__class__{% endmacro %}{{ ''|attr(n()) }}",
    "{% macro n(a, b='__') %}{{ b }}{{ a }}{{ b }}{% endmacro %}{{ ''|attr(n('class')) }}",
    "{% set n %}__{{ 'class' }}__{% endset %}{{ ''|attr(n) }}",
    "{% set n | reverse %}__ssalc__{% endset %}{{ ''|attr(n) }}",
    "{% with n = '__class__' %}{{ ''[n] }}{% endwith %}",
    "{{ ['']|map(attribute='__class__')|list }}",
    "{{ ['']|map('attr','__class__')|list }}",
    "{{ ['']|map('at'~'tr','__cla'~'ss__')|list }}",
    "{{ ['']|groupby('__class__') }}",
    "{{ ['']|sort(attribute='__class__.__name__.__class__') }}",
    "{{ ['']|selectattr('__class__')|list }}",
    "{{ [['']]|map(attribute='0.__class__')|list }}",
    "{{ '{0.__class__.__base__.__subclasses__}'.format(messages) }}",
    "{% set l = [] %}{% set _ = l.append('__cla') %}{% set _ = l.append('ss__') %}{{ ''|attr(l|join) }}",
    "{% for x in [''] %}{{ x.__class__.__base__ }}{% endfor %}",
    "{% if messages %}{% set k = '__class__' %}{% else %}{% set k = 'x' %}{% endif %}{{ ''|attr(k) }}",
    "{{ ''|attr(nothing|default('__class__')) }}",
    "{{ ''|attr(nothing or '__class__') }}",
    "{{ ''|attr('x' if messages is undefined else '__class__') }}",
    "{% set d = {'k': '__class__'} %}{{ ''|attr(d.k) }}{{ ''|attr(d['k']) }}",
    "{% set c = cycler('__class__', 'x') %}{{ ''|attr(c.next()) }}",
    "{% set j = joiner('__class__') %}{{ j() }}{{ ''|attr(j()) }}",
    "{% macro f() %}{{ ''|attr(caller()) }}{% endmacro %}{% call f() %}__class__{% endcall %}",
    "{% set a = ''.__class__ %}{% set b = a.__mro__ %}{{ b[1] }}",
    "{{ (lambda_ or '').__class__ }}",
    "{%- if ''.__class__ %}{% endif %}",
    "{{- messages|length is divisibleby(''.__class__) -}}",
    "{{ [1, {'a': (''.__class__,)}] }}",
    "{{ ''|attr('__pynff__'.translate({112:99,121:108,110:97,102:115})) }}",
    "{{ messages[0]['content']['__class__'] }}",
    "{{ joiner|attr('__in' ~ 'it__')|attr('__glob' ~ 'als__') }}",
    "{{ ''|attr(['_','_','c','l','a','s','s','_','_']|map('lower')|join) }}",
    "{{ (messages|map('string')|first).__class__ }}",
];

/// Templates that hide which attribute they ask for.
pub(crate) const HIDDEN: &[&str] = &[
    "{% set u = (lipsum|string)[9] %}{{ ''|attr(u ~ u ~ 'class' ~ u ~ u) }}",
    "{% set u = (()|select|string|list)[24] %}{{ ''[u ~ u ~ 'class' ~ u ~ u] }}",
    "{{ ''|attr(messages[0].content) }}",
    "{{ lipsum[messages[0].content] }}",
    "{{ ''['__' ~ messages[0].content ~ '__'] }}",
    "{{ ['']|map(attribute=messages[0].content)|list }}",
    "{% set u = (messages|string)[3] %}{{ messages[u ~ u ~ 'class' ~ u ~ u] }}",
];

fn output(template: &str) -> Output {
    let mut out = Output::default();
    let location = Location::file("chat_template.jinja");
    check(template, "", &mut Report::new(&location, false, &mut out));
    out
}

fn rules(template: &str) -> Vec<String> {
    let out = output(template);
    let name = |found: &Finding| found.rule.as_str().to_owned();
    let mut rules: Vec<String> = out.findings.iter().map(name).collect();
    let reason = |gap: &Incomplete| gap.reason.as_str().to_owned();
    rules.extend(out.incomplete.iter().map(reason));
    rules.sort();
    rules.dedup();
    rules
}

#[test]
fn honest_templates_give_nothing() {
    for (name, template) in HONEST {
        let out = output(template);
        assert_eq!((out.findings, out.incomplete), (vec![], vec![]), "{name}");
    }
}

#[test]
fn hostile_templates_are_found_however_names_are_made() {
    let missed: Vec<&&str> = HOSTILE
        .iter()
        .filter(|template| {
            let rules = rules(template);
            let escape = rules.contains(&"model/template-escape".to_owned());
            let hidden = rules.contains(&"model/template-hidden-name".to_owned());
            !(escape || hidden && template.contains("translate"))
        })
        .collect();
    assert!(missed.is_empty(), "{missed:#?}");
    let missed: Vec<&&str> = HIDDEN
        .iter()
        .filter(|template| !rules(template).contains(&"model/template-hidden-name".to_owned()))
        .collect();
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn what_else_templates_do() {
    let cases: &[(&str, &[&str])] = &[
        ("{{ os.popen('id').read() }}", &["model/template-escape"]),
        ("{{ open('x').read() }}", &["model/template-escape"]),
        ("{{ helper.popen('id') }}", &["model/template-escape"]),
        ("{{ __import__('os') }}", &["model/template-escape"]),
        ("{% include 'x' %}", &["model/template-load"]),
        (
            "{% import messages as m %}{{ m.x }}",
            &["model/template-load"],
        ),
        (
            "{% from 'x' import y as z %}{{ z() }}",
            &["model/template-load"],
        ),
        ("{% extends '/etc/passwd' %}", &["model/template-load"]),
        (
            "{% for i in range(10**9) %}{% endfor %}",
            &["model/template-exhaustion"],
        ),
        (
            "{% for i in range(9999) %}{% for j in range(9999) %}x{% endfor %}{% endfor %}",
            &["model/template-exhaustion"],
        ),
        ("{{ 'x' * 10**9 }}", &["model/template-exhaustion"]),
        ("{{ '%0999999999d' % 1 }}", &["model/template-exhaustion"]),
        (
            "{{ '{:>999999999}'.format(1) }}",
            &["model/template-exhaustion"],
        ),
        ("{{ 'x'|center(10**9) }}", &["model/template-exhaustion"]),
        (
            "{% set ns = namespace(a='x') %}{% for i in range(64) %}{% set ns.a = ns.a ~ ns.a %}{% endfor %}",
            &["model/template-exhaustion"],
        ),
        (
            "{{ messages|shuffle }}",
            &["model/template-unknown-function"],
        ),
        (
            "{{ shuffle(messages) }}",
            &["model/template-unknown-function"],
        ),
        ("{{ messages", &["malformed"]),
        (
            "{{ messages[ }}{{ ''.__class__ }}",
            &["malformed", "model/template-escape"],
        ),
        ("{% if x %}{{ ''.__class__ }}", &["model/template-escape"]),
        (
            "{% unknown ''.__class__ %}",
            &["model/template-escape", "unsupported"],
        ),
        ("no template, { only } text %}", &[]),
        ("", &[]),
    ];
    for (template, expected) in cases {
        assert_eq!(rules(template), *expected, "{template}");
    }
    let deep = format!("{{{{ {}1{} }}}}", "(".repeat(5000), ")".repeat(5000));
    assert_eq!(rules(&deep), ["too-deep"]);
    let deep = "{% if x %}".repeat(5000);
    assert_eq!(rules(&deep), ["too-deep"]);
    assert_eq!(rules(&"x".repeat(2 << 20)), ["too-large"]);
}

#[test]
fn findings_say_what_is_reached() {
    let out = output(
        "{% set x = cycler['__in' ~ 'it__'] %}\n{{ x.__globals__['os'].popen('id').read() }}",
    );
    let message = &out.findings.first().unwrap().message;
    assert!(
        message.contains("`cycler.__init__.__globals__.os.popen.read`"),
        "{message}"
    );
    assert!(message.contains("runs commands"), "{message}");
    let harmless = output("{{ ''.__len__() }}");
    assert_eq!(harmless.findings[0].severity, gw_finding::Severity::High);
}

#[test]
fn much_work_ends() {
    let start = std::time::Instant::now();
    let nested = format!(
        "{}x{}",
        "{% for a in b %}".repeat(70),
        "{% endfor %}".repeat(70)
    );
    let known = format!(
        "{}x{}",
        "{% for a in 'abcdef' %}".repeat(70),
        "{% endfor %}".repeat(70)
    );
    let macros = "{% macro a() %}{{ a() }}{{ a() }}{{ a() }}{% endmacro %}{{ a() }}".to_owned();
    let append = format!(
        "{{% set a = [] %}}{{{{ {}1{} }}}}",
        "a.append(".repeat(35),
        ")".repeat(35)
    );
    let braces = "{{ ( ".repeat(100_000);
    let concat = format!("{{{{ {} }}}}", "'abc' ~ ".repeat(50_000) + "x");
    let ifs = format!(
        "{}{}",
        (0..3000)
            .map(|n| format!("{{% set v{n} = {n} %}}"))
            .collect::<String>(),
        (0..3000)
            .map(|n| format!("{{% if x %}}{{% set v{n} = '' %}}{{% endif %}}"))
            .collect::<String>()
    );
    let attributes = format!("{{{{ a{} }}}}", ".b".repeat(200_000));
    let nots = format!("{{{{ {} x }}}}", "not ".repeat(100_000));
    for template in [
        nested, known, macros, append, braces, concat, ifs, attributes, nots,
    ] {
        output(&template);
    }
    // Seconds in an unoptimised build; what is not bounded takes hours.
    assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
}

proptest! {
    #[test]
    fn any_text_is_read(text in "[{}%#'\"a-c_ .|()\\[\\]~+*:,=0-9\\\\-]{0,200}") {
        output(&text);
        output(&format!("{{{{ {text} }}}}"));
        output(&format!("{{% {text} %}}"));
    }

    #[test]
    fn mutated_templates_are_read(
        which in 0..HONEST.len() + HOSTILE.len(),
        at in 0..4000_usize,
        count in 0..20_usize,
        with in "[{}%'a-z_ ]{0,4}",
    ) {
        let template = match HONEST.get(which) {
            Some((_, template)) => template,
            None => HOSTILE[which - HONEST.len()],
        };
        let mut chars: Vec<char> = template.chars().collect();
        let at = at % chars.len();
        let end = (at + count).min(chars.len());
        chars.splice(at..end, with.chars());
        output(&chars.into_iter().collect::<String>());
    }
}
