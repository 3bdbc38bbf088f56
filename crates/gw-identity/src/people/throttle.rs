use gw_core::{Digest, Realm, Time};
use gw_store::Database;

use crate::error::IdentityError;

/// How attempts are slowed down: after some that are free, each next one waits twice as long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ThrottlePolicy {
    /// Attempts without waiting.
    pub free: i64,
    /// The longest wait in seconds.
    pub most: i64,
    /// After so many seconds without an attempt, all is forgotten.
    pub forget: i64,
}

impl ThrottlePolicy {
    /// For one account: somebody who guesses a password gets a hundred guesses a day.
    pub const ACCOUNT: Self = Self {
        free: 5,
        most: 900,
        forget: 86_400,
    };
    /// For one address, behind which may be a whole office.
    pub const ADDRESS: Self = Self {
        free: 50,
        most: 3600,
        forget: 86_400,
    };

    /// How many seconds to wait after this many attempts that failed.
    fn wait(self, failures: i64) -> i64 {
        let over = failures.saturating_sub(self.free);
        // Beyond 40 doublings every wait is longer than the longest.
        let doublings = u32::try_from(over.clamp(0, 40)).unwrap_or(0);
        match over {
            ..=0 => 0,
            _ => 1_i64
                .checked_shl(doublings)
                .map_or(self.most, |wait| wait.min(self.most)),
        }
    }
}

/// Attempts to sign in, counted in the store, so that a restart or another process forgets nothing.
#[derive(Debug, Clone)]
pub struct Attempts {
    database: Database,
}

impl Attempts {
    /// Counts in this store.
    #[must_use]
    pub fn new(database: Database) -> Self {
        Self { database }
    }

    /// Counts an attempt before it is made, so that a hundred at once are a hundred.
    ///
    /// # Errors
    /// [`IdentityError::Throttled`] if it is too early for the account or the address.
    pub async fn reserve(
        &self,
        realm: &Realm,
        account: &str,
        address: &str,
        now: Time,
    ) -> Result<(), IdentityError> {
        let (account, address) = (account_key(realm, account), address_key(address));
        let mut transaction = self.database.begin().await?;
        let mut until = now;
        // Always in this order, so that no two wait for each other.
        for (key, policy) in [
            (&account, ThrottlePolicy::ACCOUNT),
            (&address, ThrottlePolicy::ADDRESS),
        ] {
            let insert = "INSERT INTO throttle (key, failures, blocked_until, last_at) \
                          VALUES (?, 0, 0, ?) \
                          ON CONFLICT (key) DO UPDATE SET failures = throttle.failures";
            transaction.query(insert).bind(key).bind(now).run().await?;
            let select = "SELECT failures, blocked_until, last_at FROM throttle WHERE key = ?";
            let Some(row) = transaction.query(select).bind(key).one().await? else {
                continue;
            };
            let (failures, blocked, last): (i64, i64, Time) =
                (row.get(0)?, row.get(1)?, row.get(2)?);
            let blocked = Time::from_microsecond(blocked).unwrap_or(Time::MAX);
            until = until.max(blocked);
            let quiet = now.as_second().saturating_sub(last.as_second());
            let failures = if quiet >= policy.forget { 0 } else { failures }.saturating_add(1);
            let next = now.as_second().saturating_add(policy.wait(failures));
            let update = "UPDATE throttle SET failures = ?, blocked_until = ?, last_at = ? \
                          WHERE key = ?";
            let query = transaction.query(update).bind(failures);
            let next = Time::from_second(next).unwrap_or(Time::MAX);
            query.bind(next).bind(now).bind(key).run().await?;
        }
        if until > now {
            // Dropped, and so rolled back: what was not tried does not count.
            return Err(IdentityError::Throttled { until });
        }
        Ok(transaction.commit().await?)
    }

    /// Forgets an account's attempts after one that was right, and takes back the one of the address.
    /// The address's others stay: who has one account of their own must not guess others' for free.
    ///
    /// # Errors
    /// [`IdentityError::Store`].
    pub async fn succeeded(
        &self,
        realm: &Realm,
        account: &str,
        address: &str,
    ) -> Result<(), IdentityError> {
        let delete = self.database.query("DELETE FROM throttle WHERE key = ?");
        delete.bind(account_key(realm, account)).run().await?;
        let update = "UPDATE throttle SET failures = failures - 1, blocked_until = 0 \
                      WHERE key = ? AND failures > 0";
        let update = self.database.query(update);
        update.bind(address_key(address)).run().await?;
        Ok(())
    }

    /// Removes what is forgotten anyway.
    ///
    /// # Errors
    /// [`IdentityError::Store`].
    pub async fn tidy(&self, now: Time) -> Result<u64, IdentityError> {
        let before = now
            .as_second()
            .saturating_sub(ThrottlePolicy::ADDRESS.forget);
        let before = Time::from_second(before).unwrap_or(Time::MIN);
        let delete = self
            .database
            .query("DELETE FROM throttle WHERE last_at < ?");
        Ok(delete.bind(before).run().await?)
    }
}

/// An account's key. A digest, since what people type there is now and then their password.
fn account_key(realm: &Realm, account: &str) -> String {
    let text = format!("{realm}\n{}", account.trim().to_lowercase());
    format!("account:{}", Digest::of(text.as_bytes()))
}

/// An address's key: all of IPv4, and the network of IPv6, where each customer has 2^64 addresses.
fn address_key(address: &str) -> String {
    match address.parse() {
        Ok(std::net::IpAddr::V6(v6)) => match v6.to_ipv4_mapped() {
            Some(v4) => format!("address:{v4}"),
            None => {
                let [a, b, c, d, ..] = v6.segments();
                format!("address:{a:x}:{b:x}:{c:x}:{d:x}::/64")
            }
        },
        Ok(std::net::IpAddr::V4(v4)) => format!("address:{v4}"),
        Err(_) => "address:unknown".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_and_end_somewhere() {
        let wait = |failures| ThrottlePolicy::ACCOUNT.wait(failures);
        let found: Vec<_> = (0..=10).map(wait).collect();
        assert_eq!(found, [0, 0, 0, 0, 0, 0, 2, 4, 8, 16, 32]);
        assert_eq!((wait(20), wait(i64::MAX)), (900, 900));
    }

    #[test]
    fn networks_of_ipv6_are_one_address() {
        for (address, expected) in [
            ("192.0.2.1", "address:192.0.2.1"),
            ("::ffff:192.0.2.1", "address:192.0.2.1"),
            ("2001:db8:1:2:3::4", "address:2001:db8:1:2::/64"),
            ("2001:db8:1:2:ffff::4", "address:2001:db8:1:2::/64"),
            ("somewhere", "address:unknown"),
        ] {
            assert_eq!(address_key(address), expected);
        }
    }
}
