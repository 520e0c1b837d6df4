internal import CLinux
internal import Glibc
package import Linux
internal import Synchronization

/// The tracepoint witness of the whole process: one set of perf rings, its events dealt out to the laboratories.
///
/// Events carry no network namespace. They are told apart by the laboratories' unique addresses, by the socket an
/// address was once seen with, and, for transitions that only happen inside a system call, by the process.
package final class TraceHub: Sendable {
    /// A laboratory's share: its events, and a descriptor that becomes readable when there are new ones.
    package final class Inbox: Sendable {
        fileprivate let id: Int
        package let wakeup: Descriptor
        fileprivate let events = Mutex<[TraceEvent]>([])

        fileprivate init(id: Int) throws(SystemError) {
            self.id = id
            let fd = eventfd(0, Int32(EFD_CLOEXEC) | Int32(EFD_NONBLOCK))
            guard fd >= 0 else { throw SystemError("eventfd") }
            wakeup = Descriptor(owning: fd)
        }
    }

    private struct State: ~Copyable {
        var rings: [PerfRing]
        var inboxes: [Int: Inbox] = [:]
        var processes: [Int32: Int] = [:]
        var router = TraceRouter()
        var lost: UInt64 = 0
    }

    private let state: Mutex<State>
    private let formats: [UInt16: (Tracepoint, TracepointFormat)]
    private let stop: Descriptor

    /// Opens the tracepoints on every CPU and starts listening.
    ///
    /// Throws the error of tracefs or perf_event_open(2): `EACCES` without CAP_PERFMON, `ENOENT` without tracefs.
    ///
    /// - Parameter laboratory: maps an address to the laboratory that owns it.
    package init(laboratory: @escaping @Sendable (IPAddress) -> Int?) throws {
        let tracefs = try TraceFileSystem.locate()
        var formats: [UInt16: (Tracepoint, TracepointFormat)] = [:]
        for tracepoint in Tracepoint.allCases {
            let path = "\(tracefs)/events/\(tracepoint.rawValue)/format"
            guard let format = TracepointFormat(parsing: try Files.read(path)) else {
                throw SystemError("understand \(path)", .EINVAL)
            }
            formats[UInt16(truncatingIfNeeded: format.id)] = (tracepoint, format)
        }
        self.formats = formats
        var rings: [PerfRing] = []
        for cpu in 0..<Int32(sysconf(Int32(_SC_NPROCESSORS_ONLN))) {
            rings.append(try PerfRing(cpu: cpu, ids: formats.values.map { $0.1.id }.sorted()))
        }
        let fd = eventfd(0, Int32(EFD_CLOEXEC))
        guard fd >= 0 else { throw SystemError("eventfd") }
        stop = Descriptor(owning: fd)
        let descriptors = rings.map(\.descriptor)
        state = Mutex(State(rings: rings))
        state.withLock { $0.router.laboratory = laboratory }
        try startThread { [self] in listen(descriptors) }
    }

    /// Ends the listening thread, which lets the rings go.
    package func close() {
        var one: UInt64 = 1
        write(stop.raw, &one, 8)
    }

    /// Registers a laboratory. Throws the eventfd(2) error.
    package func register(laboratory id: Int) throws(SystemError) -> Inbox {
        let inbox = try Inbox(id: id)
        state.withLock { $0.inboxes[id] = inbox }
        return inbox
    }

    /// Forgets a laboratory and its processes.
    package func unregister(_ inbox: Inbox) {
        state.withLock { state in
            state.inboxes[inbox.id] = nil
            state.processes = state.processes.filter { $0.value != inbox.id }
        }
    }

    /// Tells that a process works for a laboratory.
    package func register(process pid: Int32, laboratory id: Int) {
        state.withLock { $0.processes[pid] = id }
    }

    /// Everything the kernel has reported for the laboratory up to now, in order of time.
    package func take(_ inbox: Inbox) -> [TraceEvent] {
        drain()
        var count: UInt64 = 0
        read(inbox.wakeup.raw, &count, 8)
        return inbox.events.withLock { events in
            defer { events.removeAll() }
            return events.sorted { $0.time < $1.time }
        }
    }

    /// Samples the kernel had to drop since the start; above zero no path can be trusted.
    package var lost: UInt64 { state.withLock { $0.lost } }

    /// Whether this kernel says why it sends a reset, and traces those without a socket (6.10 and later).
    package var givesResetReasons: Bool {
        formats.values.contains { $0.0 == .sendReset && !$0.1.reasons.isEmpty }
    }

    private func listen(_ descriptors: [Int32]) {
        var polled = (descriptors + [stop.raw]).map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        while true {
            _ = clx_poll(&polled, UInt(polled.count), -1)
            if polled[polled.count - 1].revents != 0 { return }
            drain()
        }
    }

    private func drain() {
        state.withLock { state in
            var fresh: [TraceEvent] = []
            var lost: UInt64 = 0
            for ring in state.rings {
                lost += ring.drain { type, record in
                    if type == UInt32(PERF_RECORD_SAMPLE.rawValue), let event = decode(record) { fresh.append(event) }
                }
            }
            state.lost += lost
            fresh.sort { $0.time < $1.time }
            var woken: Set<Int> = []
            for event in fresh {
                for (id, event) in state.router.route(event, processes: state.processes) {
                    guard let inbox = state.inboxes[id] else { continue }
                    inbox.events.withLock { $0.append(event) }
                    woken.insert(id)
                }
            }
            for id in woken {
                var one: UInt64 = 1
                if let inbox = state.inboxes[id] { write(inbox.wakeup.raw, &one, 8) }
            }
        }
    }

    /// A sample: header, pid and tid, time, size, raw bytes (PERF_SAMPLE_TID | TIME | RAW).
    private func decode(_ record: UnsafeRawBufferPointer) -> TraceEvent? {
        guard record.count >= 28 else { return nil }
        let size = Int(record.loadUnaligned(fromByteOffset: 24, as: UInt32.self))
        guard 28 + size <= record.count, size >= 2 else { return nil }
        let raw = UnsafeRawBufferPointer(rebasing: record[28..<28 + size])
        guard let (tracepoint, format) = formats[raw.loadUnaligned(as: UInt16.self)] else { return nil }
        return TraceEvent(
            raw, of: tracepoint, format: format,
            time: Instant(nanoseconds: record.loadUnaligned(fromByteOffset: 16, as: Int64.self)),
            pid: record.loadUnaligned(fromByteOffset: 8, as: Int32.self))
    }
}
