package import Acts
package import Health
package import Linux
package import Packets
package import Record
package import Tracing
package import Worker

/// What all laboratories of a run have in common.
package struct LabConfiguration: Sendable {
    package var lane: Lane
    package var link: LinkChoice
    /// How long an awaited event may take beyond the kernel's own timers before it counts as not happening.
    package var timeout: Duration
    /// Path of the worker executable.
    package var worker: String
    /// The run's share of the address space.
    package var addresses: Addressing.Block
    /// Nil where tracepoints are not permitted; sock_diag then serves alone.
    package var trace: TraceHub?
    /// What the kernel complains of; nil where its log cannot be read.
    package var health: HealthMonitor?
    /// What namespaces the kernel does not let go; nil where nobody asks.
    package var namespaces: NamespaceLedger?
    /// How the pauses between two looks at the kernel grow during a wait.
    package var pollInterval: PollInterval
    /// Called once, when the scenario has begun a wait in which nothing happens at first: it is then asleep.
    package var whenAsleep: (@Sendable () -> Void)?
    /// The first network namespace of a kernel that is ours alone, a guest's, where what concerns the whole machine may
    /// be changed.
    package var machine: NetworkNamespace?
    /// What the attempt has changed of that machine; each attempt has its own.
    package var machineSettings: MachineSettings?
    /// Whether what processes leave behind may be destroyed, see `OrphanDestruction`.
    package var destroysOrphans: Bool
    /// What every host's namespace has otherwise than the kernel's own defaults are, see `KernelDefaults`.
    package var corrections: [KernelDefaults.Setting]
    /// Called before each act with its place and the attempt's time: who debugs the kernel may want to stop there.
    package var willPerform: (@Sendable (StopPoint, Int64) -> Void)?
    /// For tests of the harness itself: makes the kernel look wrong.
    package var faults: FaultInjection

    package init(
        lane: Lane, link: LinkChoice, timeout: Duration, worker: String, addresses: Addressing.Block,
        trace: TraceHub?, health: HealthMonitor? = nil, namespaces: NamespaceLedger? = nil,
        pollInterval: PollInterval = .steady, machine: NetworkNamespace? = nil, destroysOrphans: Bool = true,
        corrections: [KernelDefaults.Setting] = [],
        faults: FaultInjection = FaultInjection()
    ) {
        self.lane = lane
        self.link = link
        self.timeout = timeout
        self.worker = worker
        self.addresses = addresses
        self.trace = trace
        self.health = health
        self.namespaces = namespaces
        self.pollInterval = pollInterval
        self.machine = machine
        machineSettings = machine.map { MachineSettings(of: $0) }
        self.destroysOrphans = destroysOrphans
        self.corrections = corrections
        self.faults = faults
    }
}

/// How often a wait looks at what nothing announces.
package enum PollInterval: Sendable {
    /// At least every 50 ms.
    case steady
    /// The longer the wait has lasted, the more seldom: each look costs, but time itself does not.
    ///
    /// That is a guest in virtual time, where two hours pass in a second unless something is to be done in them. What
    /// is seen is seen late by a sixteenth of the wait at most, which is less than the kernel's own timers are late.
    case sparse

    func longestPause(after elapsed: Duration) -> Duration {
        let steady = Duration.milliseconds(50)
        return self == .sparse ? max(steady, elapsed / 16) : steady
    }
}

/// Ways to make a good kernel look wrong, so that tests can see verdicts turn red.
package struct FaultInjection: Sendable {
    /// Called for every segment before it is logged; what it returns takes the segment's place.
    package var segments: (@Sendable (WireSegment) -> [TCPSegment])?
    /// Called for every request; what it returns is done instead.
    package var calls: (@Sendable (HostName, Request) -> Request)?
    /// Set on both hosts behind the scenario's back, after its own sysctls.
    package var sysctls: [String: String] = [:]
    /// How many pairs of interfaces each host is born with besides its loopback.
    package var strangeInterfaces = 0

    package init() {}
}
