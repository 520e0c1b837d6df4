package import Acts
internal import Health
internal import Judge
internal import Linux
internal import Netlink
internal import Packets
internal import Record
internal import Tracing
internal import Worker

/// Two hosts, the link between them, their processes and every witness of one attempt at a scenario.
///
/// A laboratory lives on one thread. Whenever the scenario waits, the laboratory's loop moves the wire, takes answers
/// of the workers and events of the kernel, and looks whether what is awaited has come about.
package final class Lab {
    package let configuration: LabConfiguration
    let timeline: Timeline
    package private(set) var a: Host! = nil
    package private(set) var b: Host! = nil
    package private(set) var wire: Wire! = nil
    /// `direct`, `relay`, `netem` or `loopback`: what the link really is.
    package private(set) var linkUsed = "direct"
    /// Where the present chapter begins in the wire's log.
    package private(set) var chapterStart = 0
    /// When the present chapter began.
    private(set) var chapterBegan: Int64 = 0
    /// Where the present step begins in the wire's log.
    package internal(set) var stepStart = 0
    var stepCount = 0
    var actCount = 0
    var processes: [WorkerProcess] = []
    private(set) var sockets: [Socket] = []
    private(set) var paths: PathLedger
    /// What must hold exactly until the scenario next acts, see `LabJudging`.
    var standing: [Standing] = []
    /// How late the laboratory itself is.
    var lateness: Lateness
    /// Whether the scenario's claim rests on paths that only the tracepoint shows.
    let claimRestsOnPaths: Bool
    /// Where the scenario is written.
    let location: String
    /// Where the act is written that is being performed, or was last.
    package var actLocation: String?
    /// The resets on the wire that some expectation or rule was about, by their place in the log.
    var claimedResets: Set<Int> = []
    /// Resets that the scenario says are no news.
    var toleratedResets: [ToleratedResets] = []
    /// Set when everything is taken down: whatever ends then is our doing.
    private(set) var isClosing = false
    /// Whether sockets and addresses are IPv6 where the scenario does not say which, see `overIPv6`.
    package var prefersIPv6 = false
    /// The variants seen so far, in the scenario's order.
    package internal(set) var variants: [String] = []
    private var hasSlept = false
    private var isClosed = false
    let number: LabNumber
    let inbox: TraceHub.Inbox?
    /// The relay's own namespace.
    private var wireNamespace: NetworkNamespace?
    /// The namespaces of which it is watched that they go.
    private var watched: [NamespaceLedger.Entry] = []
    /// Whether the kernel was found to keep something of it already, which keeps its namespaces too.
    var hasLeaked = false

    /// Builds the hosts and the link. Throws `ScenarioStop.skipped` where the kernel lacks something.
    package init(_ scenario: Scenario, configuration: LabConfiguration, timeline: Timeline) throws {
        self.configuration = configuration
        self.timeline = timeline
        number = try LabNumber()
        paths = PathLedger(timeline: timeline)
        lateness = Lateness(timeline)
        claimRestsOnPaths = scenario.restsOnPaths
        location = scenario.location
        inbox = try configuration.trace?.register(laboratory: number.value)
        let addressing = Addressing(configuration.addresses, laboratory: number.value)
        a = try Host(.a, lab: self, addressing: addressing)
        b = try Host(.b, lab: self, addressing: addressing)
        for host in [a!, b!] { try host.addStrangeInterfaces(configuration.faults.strangeInterfaces) }
        timeline.add(
            .hosts(HostsFact(attempt: timeline.attempt, at: 0, a: a.addressWords, b: b.addressWords)), at: 0)
        var builder = LinkBuilder(
            a: a, b: b, ipv6: scenario.ipv6, choice: configuration.link, seed: UInt64(timeline.attempt.number),
            forceRelay: configuration.faults.segments != nil)
        let built = try builder.build(scenario.link)
        wireNamespace = builder.wireNamespace
        if let wireNamespace { watch(wireNamespace, "the wire") }
        linkUsed = built.name
        wire = Wire(
            path: built.path, timeline: timeline, faults: configuration.faults,
            macs: [.a: a.mac, .b: b.mac], seed: UInt64(timeline.attempt.number))
        wire.impairment = built.impairment
        lateness.hasTraffic = { [unowned self] in !wire.log.isEmpty }
        wire.beforeAct = { [unowned self] in try endStanding() }
        wire.handled = { [unowned self] in lateness.relayed($0(), due: $1, at: $2) }
        for host in [a!, b!] {
            try host.set(
                sysctls: Self.baseline.map { (key: $0.0, value: $0.1) } + Array(scenario.sysctls(configuration.lane))
                    + Array(configuration.faults.sysctls))
            try host.startCounting()
        }
        for host in [a!, b!] { host.ownSockets = try host.socketsInUse() }
    }

    /// What every scenario starts from; the reasons are in the catalogue's pitfalls.
    private static let baseline = [
        ("tcp_congestion_control", "reno"),  // the host's default may pace with a timer of its own
        ("tcp_early_retrans", "0"),  // tail loss probes look like spurious retransmissions
        ("tcp_no_metrics_save", "1"),  // a second connection must not inherit the first one's RTT
        ("tcp_ecn", "0"),
        ("tcp_fastopen", "0"),
        ("tcp_timestamps", "1"),
        ("tcp_sack", "1"),
    ]

    /// Takes everything down; once is enough. What takes time is left to the reaper when the laboratory itself goes.
    package func close() {
        isClosing = true
        restoreMachine()
        if !configuration.destroysOrphans { resetOpenConnections() }
        for process in processes where process.status == nil { process.takeDown() }
        for process in processes where process.status == nil { try? process.ended() }
        if let inbox, !isClosed { configuration.trace?.unregister(inbox) }
        isClosed = true
        // Processes, calls and hosts refer to each other; nothing of them may keep a namespace alive.
        for process in processes { process.forgetCalls() }
        for host in [a, b] { host?.forgetProcess() }
        processes = []
        sockets = []
    }

    deinit {
        let hosts = [a, b].compactMap(\.self)
        Reaper.shared.take(
            LabRemains(
                hosts: hosts.map(\.remains),
                sockets: wire?.takeSockets() ?? [],
                namespaces: hosts.map(\.namespace) + [wireNamespace].compactMap(\.self), number: number,
                destroysOrphans: configuration.destroysOrphans, watched: watched, by: configuration.namespaces,
                isExcused: hasLeaked))
    }

    /// Watches that a namespace goes when the laboratory has.
    func watch(_ namespace: NetworkNamespace, _ owner: String) {
        if let entry = configuration.namespaces?.register(namespace, of: timeline.attempt, owner) {
            watched.append(entry)
        }
    }

    // MARK: The loop

    /// Waits until `condition` holds or the deadline has passed; returns whether it holds.
    ///
    /// The condition is looked at after everything that happens, and now and then besides, because some changes in the
    /// kernel (a minisock's, a listener's queue) are announced by nothing.
    func wait(until deadline: Instant, _ condition: () throws -> Bool) throws -> Bool {
        let start = Instant.now
        var pause = Duration.microseconds(50)
        while true {
            // The last look begins after the deadline: whoever was kept from looking looks again.
            let now = Instant.now
            if try service() { pause = .microseconds(50) }
            if try condition() { return true }
            if now >= deadline { return false }
            var next = min(deadline, now + pause)
            if let due = wire.nextDue { next = min(next, due) }
            if pause >= Self.quietPause { fallAsleep() }
            poll(until: next)
            pause = min(pause * 2, configuration.pollInterval.longestPause(after: now - start))
        }
    }

    /// A wait whose pauses have grown to this has seen nothing happen for twice as long.
    private static let quietPause = Duration.milliseconds(25)

    private func fallAsleep() {
        guard !hasSlept else { return }
        hasSlept = true
        configuration.whenAsleep?()
    }

    /// Lets time pass; the wire keeps moving.
    package func pass(_ duration: Duration) throws {
        try endStanding()
        if duration >= Self.quietPause { fallAsleep() }
        try watch(for: duration)
    }

    /// Lets time pass without an act of the scenario.
    func watch(for duration: Duration) throws {
        let deadline = Instant.now + duration
        while Instant.now < deadline {
            try service()
            poll(until: wire.nextDue.map { min($0, deadline) } ?? deadline)
        }
        try service()
    }

    /// Lets time pass without a pause, so that the kernel's tick finds a processor at work.
    package func keepProcessorBusy(for duration: Duration) throws {
        try endStanding()
        let deadline = Instant.now + duration
        while Instant.now < deadline { try service() }
    }

    /// Handles everything that is ready now. Returns whether anything was.
    @discardableResult
    func service() throws -> Bool {
        lateness.looked(at: .now)
        defer { lateness.rested(at: .now) }
        var moved = try wire.service()
        var isAnswered = false
        for process in processes where process.status == nil {
            isAnswered = try service(process) || isAnswered
        }
        // What an answer tells of, such as a reset, went over the wire before it, and may not have been there a moment
        // ago.
        if isAnswered {
            try wire.service()
            moved = true
        }
        if let inbox, let trace = configuration.trace {
            for event in trace.take(inbox) {
                paths.add(event, processes: processes, hosts: [a, b])
                moved = true
            }
        }
        return moved
    }

    /// Takes in everything that has happened up to now, so that what is not there has not happened.
    package func synchronize() throws {
        configuration.trace?.synchronize()
        try service()
    }

    private func service(_ process: WorkerProcess) throws -> Bool {
        let ready = Polling.readable([process.channel.raw, process.pidfd], timeout: .zero)
        if ready[0] {
            let message = try receive(from: process)
            if !message.isEmpty {
                try process.received(message)
                return true
            }
        }
        guard ready[1] else { return false }
        try process.ended()
        return true
    }

    private func receive(from process: WorkerProcess) throws -> [UInt8] {
        try process.channel.read(capacity: 1 << 18)
    }

    private func poll(until deadline: Instant) {
        var descriptors = wire.descriptors
        for process in processes where process.status == nil {
            if process.pending != nil { descriptors.append(process.channel.raw) }
            descriptors.append(process.pidfd)
        }
        if let inbox { descriptors.append(inbox.wakeup.descriptor) }
        Polling.readable(descriptors, timeout: max(.zero, deadline - .now))
        lateness.rested(at: min(deadline, .now))
    }

    // MARK: Sockets and chapters

    func register(_ socket: Socket) { sockets.append(socket) }

    /// Begins a new part of the scenario: counters start anew, and earlier segments no longer count.
    package func chapter(_ title: String) throws {
        try endStanding()
        try service()
        chapterStart = wire.log.count
        for place in toleratedResets.indices where toleratedResets[place].end == nil {
            toleratedResets[place].end = chapterStart
        }
        stepStart = chapterStart
        chapterBegan = timeline.relative(.now)
        for host in [a!, b!] { try host.startCounting() }
        note(title)
    }

    // MARK: Results

    /// Completes the record: whose each transition was, and which counters moved.
    package func completeRecord() throws {
        var known: [Int: (host: HostName?, label: String?)] = [:]
        for life in paths.lives { known[life.number] = (life.host, nil) }
        for socket in sockets {
            for life in paths.lives(of: socket, processes: processes) { known[life.number]?.label = socket.label }
        }
        timeline.complete(known)
        lateness.complete()
        for host in [a!, b!] {
            let at = timeline.relative(.now)
            timeline.add(
                .counters(
                    CountersFact(
                        attempt: timeline.attempt, at: at, host: host.name.rawValue, deltas: try host.counters())),
                at: at)
        }
    }
}
