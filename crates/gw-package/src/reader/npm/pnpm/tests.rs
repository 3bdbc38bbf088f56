use proptest::prelude::*;

use crate::reader::npm::testing::{check, join, lines, mutate, problems};

const V9: &str = "lockfileVersion: '9.0'

settings:
  autoInstallPeers: true
  excludeLinksFromLockfile: false

catalogs:
  default:
    t:
      specifier: ^5.0.0
      version: 5.0.0

importers:

  .:
    dependencies:
      '@s/a':
        specifier: ^1.0.0
        version: 1.1.3(b@2.0.1(c@1.0.0))
      copied:
        specifier: file:./copied
        version: file:copied
      g:
        specifier: github:o/g
        version: https://codeload.github.com/o/g/tar.gz/0123456789abcdef0123456789abcdef01234567
      legacy:
        specifier: npm:b@^1.0.0
        version: b@1.0.5
      w:
        specifier: workspace:*
        version: link:packages/w
    devDependencies:
      t:
        specifier: 'catalog:'
        version: 5.0.0
    optionalDependencies:
      o:
        specifier: '*'
        version: 1.0.0

  packages/w:
    dependencies:
      u:
        specifier: https://example.com/u.tgz
        version: https://example.com/u.tgz

packages:

  '@s/a@1.1.3':
    resolution: {integrity: sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==}
    engines: {node: '>=10'}
    peerDependencies:
      b: ^2.0.0

  b@1.0.5:
    resolution: {integrity: sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=}

  b@2.0.1:
    resolution: {integrity: sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=}

  c@1.0.0:
    resolution: {integrity: sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=}

  copied@file:copied:
    resolution: {directory: copied, type: directory}

  d@1.0.0:
    resolution: {integrity: sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=}

  g@https://codeload.github.com/o/g/tar.gz/0123456789abcdef0123456789abcdef01234567:
    resolution: {tarball: https://codeload.github.com/o/g/tar.gz/0123456789abcdef0123456789abcdef01234567}
    version: 0.1.0

  o@1.0.0:
    resolution: {integrity: sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=}
    os: [darwin]

  t@5.0.0:
    resolution: {integrity: sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=}

  u@https://example.com/u.tgz:
    resolution: {tarball: https://example.com/u.tgz}
    version: 4.0.0

snapshots:

  '@s/a@1.1.3(b@2.0.1(c@1.0.0))':
    dependencies:
      b: 2.0.1(c@1.0.0)
    optionalDependencies:
      o: 1.0.0

  b@1.0.5: {}

  b@2.0.1(c@1.0.0):
    dependencies:
      c: 1.0.0

  c@1.0.0: {}

  copied@file:copied:
    dependencies:
      d: 1.0.0

  d@1.0.0: {}

  g@https://codeload.github.com/o/g/tar.gz/0123456789abcdef0123456789abcdef01234567: {}

  o@1.0.0:
    optional: true

  t@5.0.0:
    dependencies:
      c: 1.0.0
      legacy: b@1.0.5

  u@https://example.com/u.tgz: {}
";

#[test]
fn reads_version_9() {
    check(
        &[("pnpm-lock.yaml", V9)],
        &[
            "49 @s/a@1.1.3 direct > b@2.0.1 o@1.0.0",
            "55 b@1.0.5 direct",
            "58 b@2.0.1 > c@1.0.0",
            "61 c@1.0.0",
            "67 d@1.0.0 direct",
            "70 g@0.1.0 direct",
            "74 o@1.0.0 optional direct",
            "78 t@5.0.0 dev direct > b@1.0.5 c@1.0.0",
            "81 u@4.0.0 direct",
        ],
    );
    let joined = join(&[("pnpm-lock.yaml", V9)]);
    assert_eq!(joined.locks[0].packages[0].purl, "pkg:npm/%40s/a@1.1.3");
    assert_eq!(joined.locks[0].packages[0].hashes[0].algorithm, "SHA-512");
}

#[test]
fn reads_the_document_of_tools_before_it() {
    let text = "---
lockfileVersion: '9.0'

importers:

  .:
    configDependencies: {}
    packageManagerDependencies:
      pnpm:
        specifier: 11.0.0
        version: 11.0.0

packages:

  pnpm@11.0.0:
    resolution: {integrity: sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=}
    hasBin: true

snapshots:

  pnpm@11.0.0: {}

---
lockfileVersion: '9.0'

importers:

  .:
    dependencies:
      a:
        specifier: ^1.0.0
        version: 1.0.0

packages:

  a@1.0.0:
    resolution: {integrity: sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=}

snapshots:

  a@1.0.0: {}
";
    check(
        &[("pnpm-lock.yaml", text)],
        &["15 pnpm@11.0.0 dev direct", "36 a@1.0.0 direct"],
    );
}

const V6: &str = "lockfileVersion: '6.0'

dependencies:
  '@s/a':
    specifier: ^1.0.0
    version: 1.1.3(b@2.0.1)
  legacy:
    specifier: npm:b@^1.0.0
    version: /b@1.0.5
  g:
    specifier: github:o/g
    version: github.com/o/g/0123456

devDependencies:
  t:
    specifier: ^5.0.0
    version: '@registry.example.com/t@5.0.0'

packages:

  /@s/a@1.1.3(b@2.0.1):
    resolution: {integrity: sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=}
    peerDependencies:
      b: ^2.0.0
    dependencies:
      b: 2.0.1
    dev: false

  /b@1.0.5:
    resolution: {integrity: sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=}

  /b@2.0.1:
    resolution: {integrity: sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=}
    requiresBuild: true
    optional: true

  '@registry.example.com/t@5.0.0':
    resolution: {integrity: sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=, registry: https://registry.example.com/, tarball: https://registry.example.com/t/-/t-5.0.0.tgz}
    name: t
    version: 5.0.0
    dev: true

  github.com/o/g/0123456:
    resolution: {tarball: https://codeload.github.com/o/g/tar.gz/0123456}
    name: g
    version: 0.1.0
    dev: false
";

#[test]
fn reads_version_6() {
    check(
        &[("pnpm-lock.yaml", V6)],
        &[
            "21 @s/a@1.1.3 direct > b@2.0.1",
            "29 b@1.0.5 direct",
            "32 b@2.0.1 optional",
            "37 t@5.0.0 dev direct",
            "43 g@0.1.0 direct",
        ],
    );
}

const V5: &str = "lockfileVersion: 5.4

importers:

  .:
    specifiers:
      '@s/a': ^1.0.0
      git: git+https://example.com/o/git.git
      legacy: npm:b@^1.0.0
      t: ^5.0.0
    dependencies:
      '@s/a': 1.1.3_b@2.0.1
      git: '@example.com/o/git/0123456'
      legacy: /b/1.0.5
      w: link:packages/w
    devDependencies:
      t: 5.0.0_4a6b1c

  packages/w:
    specifiers:
      b: ^2.0.0
    dependencies:
      b: 2.0.1

packages:

  /@s/a/1.1.3_b@2.0.1:
    resolution: {integrity: sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=}
    dependencies:
      b: 2.0.1
    dev: false

  /b/1.0.5:
    resolution: {integrity: sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=}
    dev: false

  /b/2.0.1:
    resolution: {integrity: sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=}

  /t/5.0.0_4a6b1c:
    resolution: {integrity: sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=}
    dev: true

  '@example.com/o/git/0123456':
    resolution: {commit: '0123456', repo: https://example.com/o/git.git, type: git}
    name: git
    version: 0.1.0
    dev: false
";

#[test]
fn reads_version_5() {
    check(
        &[("pnpm-lock.yaml", V5)],
        &[
            "27 @s/a@1.1.3 direct > b@2.0.1",
            "33 b@1.0.5 direct",
            "37 b@2.0.1 direct",
            "40 t@5.0.0 dev direct",
            "44 git@0.1.0 direct",
        ],
    );
    let joined = join(&[("pnpm-lock.yaml", V5)]);
    let git = joined.locks[0]
        .packages
        .iter()
        .find(|p| p.name == "git")
        .unwrap();
    assert!(git.purl.ends_with("o/git.git%400123456"), "{}", git.purl);
}

#[test]
fn reads_projects_without_packages() {
    check(
        &[("pnpm-lock.yaml", "lockfileVersion: 5.3\n\nspecifiers: {}\n")],
        &[],
    );
    check(
        &[(
            "x/pnpm-lock.main.yaml",
            "lockfileVersion: '9.0'\n\nimporters:\n\n  .: {}\n",
        )],
        &[],
    );
}

#[test]
fn says_what_it_cannot_read_and_keeps_the_rest() {
    let text = "lockfileVersion: '12.0'\npackages:\n  nonsense:\n    dev: true\n  a@1.0.0: {}\n";
    let joined = join(&[("pnpm-lock.yaml", text)]);
    assert_eq!(lines(&joined.locks[0]), ["5 a@1.0.0"]);
    assert_eq!(
        problems(&joined),
        [
            "pnpm-lock.yaml:1 unsupported: lockfileVersion 12.0 is not known: expected 5 to 9; read like the nearest known one",
            "pnpm-lock.yaml:3 malformed: `nonsense` names no version, and has no field `version`",
        ]
    );
    let text = "lockfileVersion: '9.0'\nimporters:\n  .: {}\npackages:\n  node@runtime:22.0.0:\n    version: 22.0.0\n";
    assert_eq!(
        problems(&join(&[("pnpm-lock.yaml", text)])),
        [
            "pnpm-lock.yaml:5 unsupported: `node@runtime:22.0.0` is a runtime and no package of the registry"
        ]
    );
    let joined = join(&[("pnpm-lock.yaml", "a: [\n")]);
    assert_eq!(joined.incomplete.len(), 1);
}

proptest! {
    #[test]
    fn never_panics(at in any::<usize>(), with in "[ '\\[\\]{}:,@\né/(_-]{0,4}|link:|file:") {
        mutate("pnpm-lock.yaml", V9, at, &with);
        mutate("pnpm-lock.yaml", V6, at, &with);
        mutate("pnpm-lock.yaml", V5, at, &with);
    }
}
