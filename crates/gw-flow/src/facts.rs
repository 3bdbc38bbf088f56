//! What the stored statements amount to, by the authority rules.

use std::collections::{BTreeMap, BTreeSet};

use gw_attest::{Envelope, KeyId, PublicKey, Statement, predicate};
use gw_core::{Asset, Digest, Fact, FactKey, FactState, Time, Version};
use gw_policy::authority::{AuthorityRules, Signer, StatementView};
use gw_policy::facts::Facts;
use gw_policy::{Provenance, TestResults};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::store::{NewStatement, Store, StoredStatement};
use crate::{Flow, FlowError};

/// Facts under the keys that were asked for, with the statements they rest on.
pub(crate) struct Known {
    entries: BTreeMap<FactKey, Entry>,
    /// The standing of every key that signed what the facts rest on.
    signers: BTreeMap<FactKey, Version>,
}

/// One fact.
pub(crate) struct Entry {
    pub(crate) fact: Fact,
    pub(crate) deadline: Option<Time>,
    basis: Vec<Basis>,
}

struct Basis {
    statement: Statement,
    issued_at: Time,
    issuers: BTreeSet<String>,
}

impl<S: Store> Flow<S> {
    /// What is known under these keys, for a judgement about `about`; `new` are statements that are
    /// about to be stored.
    pub(crate) async fn known(
        &self,
        keys: &[FactKey],
        new: &[NewStatement],
        authority: &AuthorityRules,
        about: Option<&Asset>,
        now: Time,
    ) -> Result<Known, FlowError> {
        let mut stored = self.store.statements(&self.realm, keys).await?;
        let revocations = self
            .store
            .list_statements(&self.realm, Some(predicate::REVOCATION))
            .await?;
        stored.extend(revocations);
        stored.extend(new.iter().map(|new| new.statement.clone()));
        let mut seen = BTreeSet::new();
        stored.retain(|statement| seen.insert(statement.id));
        let mut views = Vec::with_capacity(stored.len());
        for statement in &stored {
            views.push(self.view(statement).await?);
        }
        let admission = authority.admit(&views, about, now);
        let facts = Facts::of(&admission);
        let mut signers = BTreeMap::new();
        let entries = keys
            .iter()
            .map(|key| {
                let derived = facts.get(key);
                for id in derived.basis.iter().flat_map(|admitted| &admitted.keys) {
                    let key = FactKey::key(id.as_str());
                    let version = facts.get(&key).fact.version;
                    signers.insert(key, version);
                }
                let basis = derived
                    .basis
                    .iter()
                    .map(|admitted| Basis {
                        statement: admitted.view.statement.clone(),
                        issued_at: admitted.view.issued_at(),
                        issuers: admitted.issuers.clone(),
                    })
                    .collect();
                let entry = Entry {
                    fact: derived.fact,
                    deadline: derived.deadline,
                    basis,
                };
                (key.clone(), entry)
            })
            .collect();
        Ok(Known { entries, signers })
    }

    /// A stored statement with its signatures verified again: the database is not believed.
    pub(crate) async fn view(&self, stored: &StoredStatement) -> Result<StatementView, FlowError> {
        let mut keys = vec![self.key.public()];
        let own = keys.iter().map(PublicKey::id).collect::<BTreeSet<_>>();
        for signer in &stored.signers {
            if !own.contains(signer) {
                keys.extend(self.public_key(signer).await?);
            }
        }
        let verified = Envelope::parse(&stored.envelope)?.verify(&keys)?;
        Ok(StatementView {
            id: verified.id,
            statement: verified.statement,
            signers: verified
                .signers
                .into_iter()
                .map(|key| Signer { key, name: None })
                .collect(),
            received_at: stored.received_at,
        })
    }

    /// A public key that came with a statement.
    async fn public_key(&self, id: &KeyId) -> Result<Option<PublicKey>, FlowError> {
        let pem = self.store.meta(&self.realm, &key_name(id)).await?;
        Ok(pem.map(|pem| PublicKey::from_pem(&pem)).transpose()?)
    }

    /// The authority rules that the last judgement of an asset was made under.
    pub(crate) async fn authority_of(
        &self,
        asset: Option<&Asset>,
    ) -> Result<AuthorityRules, FlowError> {
        let rules = match asset {
            Some(asset) => {
                let kept = self.store.meta(&self.realm, &authority_name(asset)).await?;
                kept.map(|json| serde_json::from_str(&json)).transpose()?
            }
            None => None,
        };
        self.authority(rules.unwrap_or_default())
    }
}

/// The name under which the store keeps a public key.
pub(crate) fn key_name(id: &KeyId) -> String {
    format!("key/{id}")
}

/// The name under which the store keeps an asset's authority rules.
pub(crate) fn authority_name(asset: &Asset) -> String {
    format!("authority/{asset}")
}

impl Known {
    pub(crate) fn entries(&self) -> impl Iterator<Item = (&FactKey, &Entry)> {
        self.entries.iter()
    }

    /// The standing of the keys that signed what the facts rest on: a revoked key changes it.
    pub(crate) fn signers(&self) -> impl Iterator<Item = (&FactKey, &Version)> {
        self.signers.iter()
    }

    /// The version of a fact; absent if it was not asked for.
    pub(crate) fn version(&self, key: &FactKey) -> Version {
        self.entries
            .get(key)
            .map_or(Version::ABSENT, |entry| entry.fact.version)
    }

    /// The state of a fact; absent if it was not asked for.
    pub(crate) fn state(&self, key: &FactKey) -> &FactState {
        self.entries
            .get(key)
            .map_or(&FactState::Absent, |entry| &entry.fact.state)
    }

    /// The newest statement that a known fact rests on.
    pub(crate) fn latest(&self, key: &FactKey) -> Option<&Statement> {
        self.state(key).known()?;
        self.basis(key)
            .max_by_key(|basis| basis.issued_at)
            .map(|basis| &basis.statement)
    }

    /// The predicates that a fact rests on.
    pub(crate) fn predicates<P: DeserializeOwned>(&self, key: &FactKey) -> Vec<P> {
        self.basis(key)
            .filter_map(|basis| basis.statement.predicate_as().ok())
            .collect()
    }

    /// The statements that a fact rests on.
    pub(crate) fn statements(&self, key: &FactKey) -> impl Iterator<Item = &Statement> {
        self.basis(key).map(|basis| &basis.statement)
    }

    /// The predicates that a fact rests on, each with the time at which it was issued.
    pub(crate) fn claims<P: DeserializeOwned>(&self, key: &FactKey) -> Vec<(Time, P)> {
        self.basis(key)
            .filter_map(|basis| Some((basis.issued_at, basis.statement.predicate_as().ok()?)))
            .collect()
    }

    /// When the newest statement was issued that a known fact rests on.
    pub(crate) fn issued_at(&self, key: &FactKey) -> Option<Time> {
        self.state(key).known()?;
        self.basis(key).map(|basis| basis.issued_at).max()
    }

    /// Who signed, for a judgement in which these signers count: ids of keys and identities, and the
    /// names that the configuration has for them. What was verified for a configuration counts only
    /// where the same is trusted: a change under test must not bring the key that it is signed with.
    pub(crate) fn signers_named(
        &self,
        key: &FactKey,
        signers: &[&crate::config::Signer],
    ) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        for basis in self.basis(key) {
            let statement = &basis.statement;
            if statement.predicate_type != predicate::SIGNATURE {
                names.extend(basis.issuers.iter().cloned());
                continue;
            }
            let Ok(signature) = statement.predicate_as::<predicate::Signature>() else {
                continue;
            };
            let trusted = |trust| {
                let mut signers = signers.iter();
                signers
                    .find(|signer| signer.trust.digest() == trust && signer.is(&signature.signer))
            };
            match signature.trust.map(trusted) {
                None => drop(names.insert(signature.signer.name())),
                Some(Some(signer)) => {
                    names.insert(signature.signer.name());
                    names.insert(signer.name.clone());
                }
                Some(None) => {}
            }
        }
        for signer in signers {
            let id = signer.trust.key();
            if id.is_some_and(|id| names.contains(id.as_str())) {
                names.insert(signer.name.clone());
            }
        }
        names
    }

    /// The issuers that a fact rests on.
    pub(crate) fn issuers(&self, key: &FactKey) -> BTreeSet<String> {
        self.basis(key)
            .flat_map(|basis| basis.issuers.iter().cloned())
            .collect()
    }

    /// How the content was built.
    pub(crate) fn provenance(&self, key: &FactKey) -> Provenance {
        let body: Option<Slsa> = self
            .latest(key)
            .and_then(|statement| statement.predicate_as().ok());
        let Some(body) = body else {
            return Provenance::default();
        };
        let source = body
            .build_definition
            .resolved_dependencies
            .into_iter()
            .find_map(|dependency| dependency.uri)
            .unwrap_or_default();
        Provenance {
            builder: body.run_details.builder.id,
            source,
        }
    }

    /// Which test suites passed and which failed; a suite that did both has failed.
    pub(crate) fn tests(&self, key: &FactKey) -> TestResults {
        let mut results = TestResults::default();
        for result in self.predicates::<TestResult>(key) {
            let names: Vec<_> = result
                .configuration
                .into_iter()
                .filter_map(|configuration| configuration.name.or(configuration.uri))
                .collect();
            // A warning is no failure (in-toto test-result: PASSED, WARNED or FAILED).
            let suites = if matches!(result.result.as_str(), "PASSED" | "WARNED") {
                &mut results.passed
            } else {
                &mut results.failed
            };
            if names.is_empty() {
                suites.insert("tests".to_owned());
            }
            suites.extend(names);
        }
        let failed = &results.failed;
        results.passed.retain(|name| !failed.contains(name));
        results
    }

    /// Vulnerabilities that VEX statements under these keys rule out, each with the products that
    /// they speak of, if they say.
    pub(crate) fn not_affected(&self, keys: &[FactKey]) -> Vec<(String, Vec<String>)> {
        let mut ruled_out = Vec::new();
        for key in keys {
            if self.state(key).known().is_none() {
                continue;
            }
            for document in self.predicates::<Vex>(key) {
                for statement in document.statements {
                    if matches!(statement.status.as_str(), "not_affected" | "fixed") {
                        let products = statement.products.into_iter().filter_map(|p| p.id);
                        ruled_out.push((statement.vulnerability.name, products.collect()));
                    }
                }
            }
        }
        ruled_out
    }

    fn basis(&self, key: &FactKey) -> impl Iterator<Item = &Basis> {
        self.entries.get(key).into_iter().flat_map(|e| &e.basis)
    }
}

/// The ids of statements that another one withdraws or takes the place of.
pub(crate) fn touched(new: &NewStatement) -> Result<Vec<Digest>, FlowError> {
    let statement = Envelope::parse(&new.statement.envelope)?.unverified_statement()?;
    Ok(gw_policy::facts::revoked_statements(&statement))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Slsa {
    build_definition: BuildDefinition,
    run_details: RunDetails,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct BuildDefinition {
    #[serde(default)]
    resolved_dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    uri: Option<String>,
}

#[derive(Deserialize)]
struct RunDetails {
    builder: Builder,
}

#[derive(Deserialize)]
struct Builder {
    id: String,
}

#[derive(Deserialize)]
struct TestResult {
    result: String,
    #[serde(default)]
    configuration: Vec<Configuration>,
}

#[derive(Deserialize)]
struct Configuration {
    name: Option<String>,
    uri: Option<String>,
}

#[derive(Deserialize)]
struct Vex {
    statements: Vec<VexStatement>,
}

#[derive(Deserialize)]
struct VexStatement {
    vulnerability: Vulnerability,
    #[serde(default)]
    products: Vec<Product>,
    status: String,
}

#[derive(Deserialize)]
struct Vulnerability {
    name: String,
}

#[derive(Deserialize)]
struct Product {
    #[serde(rename = "@id")]
    id: Option<String>,
}
