use gw_finding::Severity;

/// What can be done through a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Reach {
    /// Starts, replaces or signals processes.
    Process,
    /// Loads or calls machine code.
    Native,
    /// Runs code that is text or bytes until then.
    Execution,
    /// Imports what is chosen while running.
    Import,
    /// Talks to other machines.
    Network,
    /// Loads a format that runs code when it is loaded.
    Unpickling,
    /// Reads, changes or removes files.
    Files,
    /// Opens a file.
    Open,
    /// Reads what identifies a person or grants access.
    Credentials,
    /// Gets at what the interpreter hides, as code does that leaves a sandbox.
    Interpreter,
}

impl Reach {
    /// What it does, to follow the name of what was used.
    pub(crate) const fn deed(self) -> &'static str {
        match self {
            Self::Process => "runs commands",
            Self::Native => "loads machine code",
            Self::Execution => "runs code that it is given",
            Self::Import => "imports what it is told to",
            Self::Network => "uses the network",
            Self::Unpickling => "loads a pickle or a program in data",
            Self::Files => "reads or writes files",
            Self::Open => "opens files",
            Self::Credentials => "reads credentials",
            Self::Interpreter => "reaches into the interpreter",
        }
    }

    /// How bad it is in code of a model, which has no reason to do more than compute.
    pub(crate) const fn severity(self) -> Severity {
        match self {
            Self::Process | Self::Native | Self::Execution => Severity::High,
            Self::Network | Self::Files | Self::Credentials | Self::Interpreter => Severity::Medium,
            Self::Import | Self::Unpickling | Self::Open => Severity::Low,
        }
    }
}
