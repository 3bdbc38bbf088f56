/// Makes the list of actions with their names.
macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// What can be asked of the control plane.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Action {
            $($(#[$doc])* $name,)*
        }

        impl Action {
            /// Every one.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// Its name, as policies and the API have it.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }
        }
    };
}

actions! {
    /// See assets and what they are bound to.
    AssetRead = "asset:read",
    /// See findings.
    FindingRead = "finding:read",
    /// See decisions and their reasons.
    DecisionRead = "decision:read",
    /// See statements.
    StatementRead = "statement:read",
    /// See policies and authority rules.
    PolicyRead = "policy:read",
    /// Send statements and bundles.
    IngestWrite = "ingest:write",
    /// Have a gate decide.
    GateDecide = "gate:decide",
    /// Sort findings, assign and comment them.
    FindingTriage = "finding:triage",
    /// Let a finding stay for a while.
    AcceptanceCreate = "acceptance:create",
    /// Take that back.
    AcceptanceRevoke = "acceptance:revoke",
    /// Ask for an approval.
    ApprovalRequest = "approval:request",
    /// Approve or deny.
    ApprovalDecide = "approval:decide",
    /// Close every gate to something.
    QuarantineCreate = "quarantine:create",
    /// Open them again.
    QuarantineLift = "quarantine:lift",
    /// Ask for an action of an automation.
    ActionRequest = "action:request",
    /// Halt automations.
    ActionHalt = "action:halt",
    /// Change policies and authority rules.
    PolicyEdit = "policy:edit",
    /// Change what is known of an asset.
    AssetEdit = "asset:edit",
    /// Make a token for oneself.
    TokenCreate = "token:create",
    /// See and revoke others' tokens, and make tokens for machines.
    TokenManage = "token:manage",
    /// See who there is and what they may do.
    PeopleRead = "people:read",
    /// Invite, suspend, and change roles.
    PeopleManage = "people:manage",
    /// See settings.
    SettingsRead = "settings:read",
    /// Change settings.
    SettingsEdit = "settings:edit",
    /// Read the ledger and its proofs.
    LedgerRead = "ledger:read",
    /// See what administrators have done.
    AuditRead = "audit:read",
}

impl Action {
    /// The action of a name.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|action| action.as_str() == name)
    }
}
