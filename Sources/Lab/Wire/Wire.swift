package import Acts
package import Linux
package import Packets
internal import Record

/// The link between the hosts: everything that goes over it is logged, and a relay decides what becomes of it.
///
/// The wire moves only while the scenario waits in the laboratory, on the same thread, so a rule never changes in the
/// middle of anything: what was sent before the change has been handled by the old rule.
package final class Wire {
    /// How frames get from one host to the other.
    enum Path {
        /// Frames pass through us: from the socket facing one host to the socket facing the other.
        case relayed(towardA: PacketSocket, towardB: PacketSocket)
        /// Frames pass by themselves; we see what each host sends.
        case observed(atA: PacketSocket, atB: PacketSocket)
        /// Nothing moves any more.
        case closed

        /// The sockets, each with the host whose frames it gives.
        var sockets: [(host: HostName, socket: PacketSocket)] {
            switch self {
            case .relayed(let a, let b), .observed(let a, let b): [(.a, a), (.b, b)]
            case .closed: []
            }
        }
    }

    private var path: Path
    private let timeline: Timeline
    private let faults: FaultInjection
    private let macs: [HostName: MACAddress]
    private var tracker = SequenceTracker()
    private var rules: [WireRule] = []
    /// Delayed frames, the next one due first.
    private var delayed: [(due: Instant, to: HostName, frame: [UInt8])] = []
    private var random: LossGenerator
    private var order = FrameOrder()

    /// Every segment the hosts sent, in order, and those we injected.
    package private(set) var log: [WireSegment] = []
    /// How much later than due a delayed segment was delivered at worst, because we were not given the processor.
    package private(set) var worstLateness = Duration.zero
    /// Called before the wire does what the scenario asks for.
    var beforeAct: (() throws -> Void)?
    /// Told of each frame that the relay handles: what it is, when it should have been handled, and when it was.
    var handled: ((@autoclosure () -> String, Instant, Instant) -> Void)?
    /// What the relay does where no rule says otherwise.
    var impairment: (delay: Duration, jitter: Duration, loss: Double)?

    init(path: Path, timeline: Timeline, faults: FaultInjection, macs: [HostName: MACAddress], seed: UInt64) {
        self.path = path
        self.timeline = timeline
        self.faults = faults
        self.macs = macs
        random = LossGenerator(seed: seed)
    }

    /// Starts measuring lateness anew.
    package func forgetLateness() { worstLateness = .zero }

    // MARK: Rules

    /// Keeps matching segments until they are released.
    @discardableResult
    package func hold(_ patterns: SegmentPattern...) throws -> WireRule { try add(patterns, .hold) }

    /// Loses matching segments, or only the first few of them.
    @discardableResult
    package func drop(_ patterns: SegmentPattern..., first count: Int? = nil) throws -> WireRule {
        try add(patterns, .drop, first: count)
    }

    /// Loses matching segments from or to any of these addresses.
    @discardableResult
    package func drop(_ patterns: SegmentPattern..., ends: [SocketAddress]) throws -> WireRule {
        try add(patterns, .drop, ends: Set(ends))
    }

    /// Delivers the first few matching segments, whatever earlier rules say.
    @discardableResult
    package func allow(_ patterns: SegmentPattern..., first count: Int) throws -> WireRule {
        try add(patterns, .pass, first: count)
    }

    /// Delivers matching segments later.
    @discardableResult
    package func delay(_ patterns: SegmentPattern..., by delay: Duration) throws -> WireRule {
        try add(patterns, .delay(delay))
    }

    /// Delivers matching segments twice.
    @discardableResult
    package func duplicate(_ patterns: SegmentPattern..., first count: Int? = nil) throws -> WireRule {
        try add(patterns, .duplicate, first: count)
    }

    /// Loses everything, both ways: the cable is cut.
    @discardableResult
    package func silence() throws -> WireRule { try add([], .drop) }

    /// Lifts a rule and delivers what it held, in the order it came or the other way round.
    package func release(_ rule: WireRule, reversed: Bool = false) throws {
        try beforeAct?()
        try service()
        try letGo(rule, reversed: reversed)
    }

    /// Lifts rules and delivers what they held, one rule after the other, before anything else is moved.
    package func release(_ rules: [WireRule]) throws {
        try beforeAct?()
        try service()
        for rule in rules { try letGo(rule, reversed: false) }
    }

    private func letGo(_ rule: WireRule, reversed: Bool) throws {
        rules.removeAll { $0 === rule }
        for index in reversed ? rule.held.reversed() : rule.held {
            let segment = log[index]
            log[index].fate = .released
            timeline.add(
                .segment(segment.fact(timeline, fate: .released, at: .now)), at: timeline.relative(.now))
            try deliver(segment.frame, to: segment.from.other)
        }
        rule.held = []
    }

    /// Lifts a rule and lets go of nothing.
    package func lift(_ rule: WireRule) throws {
        try beforeAct?()
        try service()
        rules.removeAll { $0 === rule }
    }

    func add(
        _ patterns: [SegmentPattern], _ action: WireRule.Action, ends: Set<SocketAddress>? = nil, first: Int? = nil
    ) throws -> WireRule {
        guard case .relayed = path else { throw ScenarioStop.harness("only a relayed link can do this") }
        if let problem = patterns.lazy.compactMap(\.problem).first { throw ScenarioStop.harness("\(problem)") }
        try beforeAct?()
        // What has already been sent still meets the old rules.
        try service()
        let rule = WireRule(patterns, action, ends: ends, first: first)
        rules.append(rule)
        return rule
    }

    // MARK: Forgery

    /// Sends a segment that no kernel made to a host; gives it as the log has it.
    @discardableResult
    package func inject(_ segment: TCPSegment, to host: HostName) throws -> WireSegment {
        try beforeAct?()
        try service()
        let frame = ethernetFrame(segment, to: host)
        let entry = WireSegment(
            from: host.other, segment: segment, view: tracker.view(of: segment, fromA: host == .b, time: .now),
            stamp: .now, fate: .injected, frame: frame)
        append(entry)
        try deliver(frame, to: host)
        return entry
    }

    private func ethernetFrame(_ segment: TCPSegment, to host: HostName) -> [UInt8] {
        segment.ethernetFrame(from: macs[host.other]!, to: macs[host]!)
    }

    // MARK: Movement

    /// Descriptors to poll for new frames.
    var descriptors: [Int32] {
        path.sockets.map(\.socket.descriptor)
    }

    /// When the next delayed frame is due.
    var nextDue: Instant? { delayed.first?.due }

    /// Handles every frame that has come in and delivers what is due. Returns whether anything happened.
    @discardableResult
    func service() throws -> Bool {
        let frames = order.place(try arrived())
        var moved = !frames.isEmpty
        let now = Instant.now
        for frame in frames {
            // Where frames pass by themselves, nobody waits for us.
            if case .relayed = path { handled?(Self.words(frame.bytes, frame.from), frame.stamp, now) }
            try take(frame)
        }
        while let next = delayed.first, next.due <= .now {
            delayed.removeFirst()
            let now = Instant.now
            worstLateness = max(worstLateness, now - next.due)
            handled?(Self.words(next.frame, next.to.other), next.due, now)
            try deliver(next.frame, to: next.to)
            moved = true
        }
        return moved
    }

    private static func words(_ frame: [UInt8], _ from: HostName) -> String {
        let segment = frame.withUnsafeBytes { TCPSegment(ethernet: $0) }
        return segment.map { "a segment of \(from.rawValue) [\($0.flags)]" } ?? "a frame of \(from.rawValue)"
    }

    /// Everything that both sockets hold.
    ///
    /// While one was read, an answer to what it held may have come into the other, found empty before: only a round in
    /// which both are empty ends a causally complete reading.
    private func arrived() throws -> [(from: HostName, frame: PacketSocket.Frame)] {
        let sockets = path.sockets
        var frames: [(from: HostName, frame: PacketSocket.Frame)] = []
        var before = -1
        while before != frames.count, frames.count < Self.mostFramesAtOnce {
            before = frames.count
            for (host, socket) in sockets {
                while frames.count < Self.mostFramesAtOnce, var frame = try socket.receive() {
                    if frame.unchecked { completeChecksum(of: &frame.bytes) }
                    frames.append((host, frame))
                }
            }
        }
        if case .observed = path { frames.removeAll { !$0.frame.outgoing } }
        return frames
    }

    /// What is sent without end must not keep us from everything else.
    private static let mostFramesAtOnce = 4096

    private func take(_ frame: FrameOrder.Placed) throws {
        let segment = frame.bytes.withUnsafeBytes { TCPSegment(ethernet: $0) }
        guard case .relayed = path else {
            if let segment {
                record(segment, frame.bytes, from: frame.from, stamp: frame.stamp, fate: .passed)
            }
            return
        }
        guard let segment else {
            // Neighbour discovery, ICMP: not ours to judge, but part of the link.
            return try deliver(frame.bytes, to: frame.from.other)
        }
        guard let tamper = faults.segments else {
            return try handle(segment, frame.bytes, from: frame.from, stamp: frame.stamp)
        }
        let original = WireSegment(
            from: frame.from, segment: segment,
            view: tracker.view(of: segment, fromA: frame.from == .a, time: frame.stamp), stamp: frame.stamp,
            fate: .passed, frame: frame.bytes)
        for replacement in tamper(original) {
            try handle(
                replacement, replacement == segment ? frame.bytes : ethernetFrame(replacement, to: frame.from.other),
                from: frame.from, stamp: frame.stamp)
        }
    }

    private func handle(_ segment: TCPSegment, _ frame: [UInt8], from: HostName, stamp: Instant) throws {
        tracker.observe(segment)
        let view = tracker.view(of: segment, fromA: from == .a, time: stamp)
        let rule = rules.last { $0.applies(to: view, of: segment) }
        if let remaining = rule?.remaining { rule?.remaining = remaining - 1 }
        let action = rule?.action ?? impairedAction()
        let fate: Fate =
            switch action {
            case .pass, .duplicate: .passed
            case .hold: .held
            case .drop: .dropped
            case .delay: .delayed
            }
        var entry = WireSegment(from: from, segment: segment, view: view, stamp: stamp, fate: fate, frame: frame)
        entry.metNamedRule = rule.map { !$0.patterns.isEmpty || $0.isDrop } ?? false
        switch action {
        case .delay(let delay): entry.due = stamp + delay
        case .duplicate: entry.copies = 2
        case .pass, .hold, .drop: break
        }
        rule?.met.append(entry)
        append(entry)
        switch action {
        case .pass: try deliver(frame, to: from.other)
        case .duplicate:
            try deliver(frame, to: from.other)
            try deliver(frame, to: from.other)
        case .hold: rule?.held.append(log.count - 1)
        case .drop: break
        case .delay(let delay):
            let due = stamp + delay
            let place = delayed.firstIndex { $0.due > due } ?? delayed.count
            delayed.insert((due, from.other, frame), at: place)
        }
    }

    private func impairedAction() -> WireRule.Action {
        guard let impairment else { return .pass }
        if impairment.loss > 0, random.next() < impairment.loss { return .drop }
        guard impairment.delay > .zero || impairment.jitter > .zero else { return .pass }
        let jitter = Double(impairment.jitter.nanoseconds) * (2 * random.next() - 1)
        return .delay(impairment.delay + .nanoseconds(Int64(jitter)))
    }

    private func record(_ segment: TCPSegment, _ frame: [UInt8], from: HostName, stamp: Instant, fate: Fate) {
        tracker.observe(segment)
        append(
            WireSegment(
                from: from, segment: segment, view: tracker.view(of: segment, fromA: from == .a, time: stamp),
                stamp: stamp, fate: fate, frame: frame))
    }

    private func append(_ entry: WireSegment) {
        log.append(entry)
        timeline.add(
            .segment(entry.fact(timeline, fate: entry.fate, at: entry.stamp)), at: timeline.relative(entry.stamp))
    }

    func deliver(_ frame: [UInt8], to host: HostName) throws {
        guard case .relayed(let towardA, let towardB) = path else { return }
        try (host == .a ? towardA : towardB).send(frame)
    }

    /// Delivers what has come, whatever the rules say and without a word in the log: nobody looks any more.
    func passOn() throws {
        guard case .relayed = path else { return }
        for (host, frame) in try arrived() { try deliver(frame.bytes, to: host.other) }
    }

    /// Frames the kernel dropped before we saw them; above zero the log cannot be trusted.
    func drops() throws -> Int {
        try path.sockets.map { try $0.socket.drops() }.reduce(0, +)
    }

    /// Gives the sockets away; after that nothing moves.
    func takeSockets() -> [PacketSocket] {
        defer { path = .closed }
        return path.sockets.map(\.socket)
    }

    /// How often somebody set the wall clock, by which the kernel stamps frames, during the attempt.
    var clockSteps: Int { order.clockSteps }
}
