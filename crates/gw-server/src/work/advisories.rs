//! Advisories that were imported or updated while the server runs.

use crate::app::App;

/// Takes the data folder's advisories into use if they are other ones.
pub(crate) async fn reload(app: &App) {
    let folder = app.home.advisories();
    let current = app.index().digest();
    let found =
        tokio::task::spawn_blocking(move || gw_advisory::store::open_current(&folder)).await;
    match found {
        Ok(Ok(Some(index))) if index.digest() != current => {
            drop(index);
            app.replace_index(gw_advisory::store::load(&app.home.advisories()));
            tracing::info!("other advisories are in use");
        }
        Ok(Err(error)) => {
            tracing::error!(%error, "the advisory data cannot be used; the old one stays in use");
        }
        _ => {}
    }
}
