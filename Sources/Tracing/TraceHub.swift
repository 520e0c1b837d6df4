package import Linux
internal import Synchronization

/// The tracepoint witness of the whole process: one trace instance, its events dealt out to the laboratories.
///
/// Events carry no network namespace. They are told apart by the laboratories' unique addresses, by the socket an
/// address was once seen with, and, for transitions that only happen inside a system call, by the process.
package final class TraceHub: Sendable {
    /// A laboratory's share: its events, and a descriptor that becomes readable when there are new ones.
    package final class Inbox: Sendable {
        fileprivate let id: Int
        /// Events that were lost before do not concern it.
        fileprivate let began: Instant
        package let wakeup: EventCounter
        fileprivate let events = Mutex<[TraceEvent]>([])

        fileprivate init(id: Int) throws(SystemError) {
            self.id = id
            began = .now
            wakeup = try EventCounter(waits: false)
        }
    }

    private struct State: ~Copyable {
        var inboxes: [Int: Inbox] = [:]
        var processes: [Int32: Int] = [:]
        var router = TraceRouter()
        var page = [UInt8](repeating: 0, count: 1 << 16)
        /// Events lost on each processor so far.
        var lost: [Int]
        /// When the last loss was found out.
        var lastLoss: Instant?
        /// Set when the pipes are to be closed.
        var isClosed = false

        init(processors: Int) { lost = [Int](repeating: 0, count: processors) }
    }

    private let state: Mutex<State>
    private let instance: TraceInstance
    private let pipes: [Int32]
    /// What the kernel counts of each, in the same order.
    private let statistics: [Int32]
    private let dataOffset: Int
    private let formats: [UInt16: (Tracepoint, TracepointFormat)]
    private let stop: EventCounter
    /// Readable once the listening has ended.
    private let stopped: EventCounter

    /// Makes a trace instance and starts listening.
    ///
    /// Throws the error of tracefs: `EPERM` or `EACCES` without the right to trace, `ENOENT` without the tracepoints.
    ///
    /// - Parameters:
    ///   - owner: the process whose end makes the instance stale, as /proc numbers it.
    ///   - network: the IPv4 addresses of all laboratories, so that the kernel need not tell of others; nil to be told
    ///     of all.
    ///   - kilobytes: the room of each processor's ring.
    ///   - laboratory: maps an address to the laboratory that owns it.
    package init(
        owner: Int32, network: IPv4Network? = nil, kilobytes: Int = 1024,
        laboratory: @escaping @Sendable (IPAddress) -> Int?
    ) throws {
        let instance = try TraceInstance(owner: owner, kilobytes: kilobytes)
        self.instance = instance
        do {
            var formats: [UInt16: (Tracepoint, TracepointFormat)] = [:]
            for tracepoint in Tracepoint.allCases {
                guard let format = TracepointFormat(parsing: try instance.format(of: tracepoint)) else {
                    throw SystemError("understand the format of \(tracepoint.rawValue)", .EINVAL)
                }
                formats[UInt16(truncatingIfNeeded: format.id)] = (tracepoint, format)
                // What a kernel does not filter is sorted out here.
                if let network, let filter = TraceFilter(format, own: network) {
                    try? instance.filter(tracepoint, filter)
                }
            }
            self.formats = formats
            dataOffset = TracepointFormat.field("data", in: try instance.pageHeader())?.offset ?? 16
            stop = try EventCounter()
            stopped = try EventCounter()
            var pipes: [Int32] = []
            var statistics: [Int32] = []
            for cpu in 0..<Processors.configured {
                guard Files.exists("\(instance.path)/per_cpu/cpu\(cpu)") else { continue }
                pipes.append(try instance.openPipe(cpu: cpu).release())
                statistics.append(try instance.openStatistics(cpu: cpu).release())
            }
            self.pipes = pipes
            self.statistics = statistics
            for tracepoint in Tracepoint.allCases { try instance.enable(tracepoint) }
        } catch {
            instance.remove()
            throw error
        }
        state = Mutex(State(processors: pipes.count))
        state.withLock { $0.router.laboratory = laboratory }
        try startThread { [self] in listen() }
    }

    /// Ends the listening and takes the trace instance away.
    package func close() {
        let isFirst = state.withLock { state in
            defer { state.isClosed = true }
            return !state.isClosed
        }
        guard isFirst else { return }
        stop.raise()
        // A poll(2) under way keeps the pipes open, and the instance cannot go before they are closed.
        stopped.take()
        state.withLock { _ in
            for file in pipes + statistics { Descriptor(owning: file).close() }
        }
        // A process that another thread is just starting has copies of the pipes until its execve(2).
        let deadline = Instant.now + .seconds(10)
        while !instance.remove() && Instant.now < deadline { Polling.pause(.milliseconds(1)) }
    }

    /// Registers a laboratory. Throws the eventfd(2) error.
    package func register(laboratory id: Int) throws(SystemError) -> Inbox {
        // What has been lost up to now is none of its business.
        state.withLock { lookForLosses(&$0) }
        let inbox = try Inbox(id: id)
        state.withLock {
            $0.router.begin(laboratory: id)
            $0.inboxes[id] = inbox
        }
        return inbox
    }

    /// Forgets a laboratory and its processes.
    package func unregister(_ inbox: Inbox) {
        state.withLock { state in
            if state.inboxes[inbox.id] === inbox { state.inboxes[inbox.id] = nil }
            state.processes = state.processes.filter { $0.value != inbox.id }
        }
    }

    /// Tells that a process, by the number tracepoints know it by, works for a laboratory.
    package func register(process pid: Int32, laboratory id: Int) {
        state.withLock { $0.processes[pid] = id }
    }

    /// What has arrived for the laboratory since it last asked, in order of time.
    package func take(_ inbox: Inbox) -> [TraceEvent] {
        inbox.wakeup.take()
        return inbox.events.withLock { events in
            defer { events.removeAll() }
            return events.sorted { $0.time < $1.time }
        }
    }

    /// Fetches everything the kernel has reported up to now, so that what is not there has not happened.
    package func synchronize() { drain() }

    /// Whether the kernel had to leave events out while a laboratory was there; then no path in it can be trusted.
    package func hasLost(_ inbox: Inbox) -> Bool {
        state.withLock { state in
            lookForLosses(&state)
            return state.lastLoss.map { $0 >= inbox.began } ?? false
        }
    }

    /// How many strangers' children were thrown away that waited for an address, see `TraceRouter`.
    package var expired: Int { state.withLock { $0.router.expired } }

    private func lookForLosses(_ state: inout State) {
        guard !state.isClosed else { return }
        for (place, file) in statistics.enumerated() {
            guard let text = try? Descriptor.read(file, at: 0, capacity: 1024), !text.isEmpty else { continue }
            let lost = TraceInstance.lost(String(decoding: text, as: UTF8.self))
            if lost != state.lost[place] { state.lastLoss = .now }
            state.lost[place] = lost
        }
    }

    /// Whether this kernel says why it sends a reset, and traces those without a socket (6.10 and later).
    package var givesResetReasons: Bool {
        formats.values.contains { $0.0 == .sendReset && !$0.1.reasons.isEmpty }
    }

    private func listen() {
        while Polling.readable(pipes + [stop.descriptor]).last == false { drain() }
        stopped.raise()
    }

    /// Takes everything that was reported before now out of all pipes.
    ///
    /// What one processor did may have had its cause on another whose pipe was already found empty. Only a round in
    /// which all are empty, or give what is newer, ends a causally complete reading. What is newer comes next time:
    /// else events that never cease would keep us, and all who want to know, for ever.
    private func drain() {
        state.withLock { state in
            guard !state.isClosed else { return }
            let now = Instant.now
            var fresh: [TraceEvent] = []
            var open = pipes
            var isComplete = false
            while !isComplete {
                isComplete = true
                open.removeAll { pipe in
                    let last = readAll(of: pipe, until: now, &state, into: &fresh)
                    if last != nil { isComplete = false }
                    return last.map { $0 > now } ?? false
                }
            }
            fresh.sort { $0.time < $1.time }
            deliver(fresh, &state)
        }
    }

    /// Empties one processor's pipe, or reads it up to an instant; returns the time of the last event, if any.
    private func readAll(
        of pipe: Int32, until end: Instant, _ state: inout State, into fresh: inout [TraceEvent]
    ) -> Instant? {
        var last: Instant?
        while last.map({ $0 <= end }) ?? true,
            let count = try? Descriptor.read(pipe, into: &state.page), count > 0
        {
            state.page.withUnsafeBytes { bytes in
                let page = TracePage(UnsafeRawBufferPointer(rebasing: bytes[..<count]), dataOffset: dataOffset)
                if page.missed { state.lastLoss = .now }
                for event in page.events {
                    let record = UnsafeRawBufferPointer(rebasing: bytes[event.bytes])
                    if let event = decode(record, at: event.time) { fresh.append(event) }
                }
                last = page.events.last?.time ?? last ?? Instant(nanoseconds: 0)
            }
        }
        return last
    }

    private func deliver(_ fresh: [TraceEvent], _ state: inout State) {
        var woken: Set<Int> = []
        for event in fresh {
            for (id, event) in state.router.route(event, processes: state.processes) {
                guard let inbox = state.inboxes[id] else { continue }
                inbox.events.withLock { $0.append(event) }
                woken.insert(id)
            }
        }
        for id in woken {
            state.inboxes[id]?.wakeup.raise()
        }
    }

    private func decode(_ record: UnsafeRawBufferPointer, at time: Instant) -> TraceEvent? {
        guard record.count >= 8, let (tracepoint, format) = formats[record.loadUnaligned(as: UInt16.self)] else {
            return nil
        }
        // struct trace_entry: type, flags, preemption count, pid.
        let pid = record.loadUnaligned(fromByteOffset: 4, as: Int32.self)
        return TraceEvent(record, of: tracepoint, format: format, time: time, pid: pid)
    }
}
