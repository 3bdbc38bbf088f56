//! Models of decision trees and other tables: XGBoost, LightGBM, CatBoost and PMML, and the
//! parameters that Flax writes as MessagePack.

mod catboost;
mod flax;
mod lightgbm;
mod pmml;
#[cfg(test)]
mod tests;
mod tree;
mod ubj;
pub(crate) mod xgboost;

pub(crate) use self::catboost::CatBoost;
pub(crate) use self::flax::Flax;
pub(crate) use self::lightgbm::LightGbm;
pub(crate) use self::pmml::Pmml;
pub(crate) use self::xgboost::{XgBoostBinary, XgBoostUbj};
