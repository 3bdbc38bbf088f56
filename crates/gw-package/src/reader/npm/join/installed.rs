use gw_finding::Location;

use crate::reader::npm::modules::{self, Modules, Target};
use crate::reader::npm::package;
use crate::reader::{Lock, Locked, Manifest};

/// The packages in a project's `node_modules`, by their manifests.
pub(super) fn lock(installed: &[(Manifest, Option<Lock>)]) -> Option<Lock> {
    let mut modules = Modules::default();
    let mut packages: Vec<Locked> = Vec::new();
    let mut owners = Vec::new();
    for (manifest, lock) in installed {
        let path = path(&manifest.location);
        let Some(package) = lock.as_ref().and_then(|lock| lock.packages.first()) else {
            continue;
        };
        modules.insert(path, Target::Package(packages.len()));
        owners.push((path, manifest, packages.len()));
        packages.push(package.clone());
    }
    let mut lock = Lock {
        location: installed.first()?.0.location.clone(),
        packages,
        roots: Vec::new(),
    };
    for (path, manifest, position) in owners {
        let needed = manifest.requirements.iter().filter(|requirement| {
            // What a package needs for its own development is not installed with it.
            requirement.scope != crate::Scope::Development
        });
        let needs = needed.filter_map(|requirement| {
            let name = requirement.alias.as_ref().unwrap_or(&requirement.name);
            modules.package(path, name)
        });
        let needs = needs.collect();
        if let Some(package) = lock.packages.get_mut(position) {
            package.dependencies = needs;
        }
        // Only what is on top can be what the project itself asks for.
        if let Some((above, name)) = modules::split(path)
            && !above.contains("node_modules")
        {
            lock.roots.push(package::selector(name, position));
        }
    }
    package::tidy(&mut lock.packages);
    (!lock.packages.is_empty()).then_some(lock)
}

/// The folder of an installed package's manifest.
fn path(manifest: &Location) -> &str {
    let path = manifest.inside.last().unwrap_or(&manifest.path);
    path.strip_suffix("/package.json").unwrap_or(path)
}
