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
mod xgboost_binary;

pub(crate) use self::catboost::CatBoost;
pub(crate) use self::flax::Flax;
pub(crate) use self::lightgbm::LightGbm;
pub(crate) use self::pmml::Pmml;
pub(crate) use self::xgboost::XgBoostUbj;
pub(crate) use self::xgboost_binary::XgBoostBinary;
