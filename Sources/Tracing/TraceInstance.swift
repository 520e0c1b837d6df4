internal import Linux

/// A ring buffer of our own in tracefs, so that no other tracer disturbs us and we disturb none.
///
/// Not perf_event_open(2), although its rings go away by themselves: perf guards itself against recursion with a
/// counter per task and context, and on 6.18 that of an idle task has been seen stuck, after which every event of that
/// processor's timers is lost without a word. The ring buffer of tracefs loses nothing silently.
package struct TraceInstance: Sendable {
    private static let prefix = "tcpwitness-"

    let path: String
    private let root: String

    /// Makes the instance. Throws the error of the failing call; `EACCES` or `EPERM` without the right to trace.
    ///
    /// - Parameters:
    ///   - owner: the process whose end makes the instance stale, as /proc numbers it.
    ///   - kilobytes: the room of each processor's ring.
    init(owner: Int32, kilobytes: Int = 1024) throws(SystemError) {
        root = try Self.locate()
        path = "\(root)/instances/\(Self.prefix)\(owner)-\(Instant.now.nanoseconds)"
        try Files.makeDirectory(path, mode: 0o700)
        do throws(SystemError) {
            try Files.write("mono", to: "\(path)/trace_clock")
            // Enough for thousands of events between two looks; what does not fit is counted, not overwritten.
            try Files.write("\(kilobytes)", to: "\(path)/buffer_size_kb")
            try Files.write("0", to: "\(path)/options/overwrite")
            // Wake the reader at the first event.
            try Files.write("0", to: "\(path)/buffer_percent")
        } catch {
            remove()
            throw error
        }
    }

    /// The text of a tracepoint's format file. Throws the open(2) error where this kernel has no such tracepoint.
    func format(of tracepoint: Tracepoint) throws(SystemError) -> String {
        try Files.read("\(path)/events/\(tracepoint.rawValue)/format")
    }

    /// Where the events begin in a page of the ring, as the kernel describes it.
    func pageHeader() throws(SystemError) -> String { try Files.read("\(root)/events/header_page") }

    /// Starts recording a tracepoint. Throws the write(2) error.
    func enable(_ tracepoint: Tracepoint) throws(SystemError) {
        try Files.write("1", to: "\(path)/events/\(tracepoint.rawValue)/enable")
    }

    /// Lets the kernel leave out what does not match. Throws the write(2) error where it does not take the filter.
    func filter(_ tracepoint: Tracepoint, _ filter: TraceFilter) throws(SystemError) {
        try Files.write(filter.expression, to: "\(path)/events/\(tracepoint.rawValue)/filter")
    }

    /// Opens what the kernel counts of one processor's ring. Throws the open(2) error.
    func openStatistics(cpu: Int) throws(SystemError) -> Descriptor {
        try Descriptor.open("\(path)/per_cpu/cpu\(cpu)/stats", .O_RDONLY)
    }

    /// How many events found no room, from the text of the statistics: with `overwrite` off the kernel drops the new
    /// ones, of which no page tells.
    static func lost(_ statistics: String) -> Int {
        statistics.split(separator: "\n").reduce(0) { sum, line in
            let parts = line.split(separator: ":")
            guard parts.count == 2, parts[0] == "overrun" || parts[0] == "dropped events" else { return sum }
            return sum + (Int(String(parts[1]).trimmed) ?? 0)
        }
    }

    /// Opens the ring of one processor for reading. Throws the open(2) error.
    func openPipe(cpu: Int) throws(SystemError) -> Descriptor {
        try Descriptor.open("\(path)/per_cpu/cpu\(cpu)/trace_pipe_raw", [.O_RDONLY, .O_NONBLOCK])
    }

    /// Takes the instance away; all its files must be closed. Returns whether it is gone.
    @discardableResult
    package func remove() -> Bool { Self.isGone(path) }

    // MARK: Leftovers

    /// Removes the instances whose owners have ended.
    ///
    /// Returns how many could not be removed, because a process that is just ending still has them open.
    @discardableResult
    package static func sweep() -> Int {
        guard let root = try? locate(), let names = try? Files.names(in: "\(root)/instances") else { return 0 }
        var left = 0
        for name in names {
            guard name.hasPrefix(prefix), let owner = Int32(name.dropFirst(prefix.count).prefix { $0 != "-" }),
                !isAlive(process: owner)
            else { continue }
            if !isGone("\(root)/instances/\(name)") { left += 1 }
        }
        return left
    }

    private static func isGone(_ path: String) -> Bool {
        do throws(SystemError) {
            try Files.removeDirectory(path)
            return true
        } catch {
            return error.errno == .ENOENT
        }
    }

    /// The mounted tracefs, or one mounted now for the caller's mount namespace.
    private static func locate() throws(SystemError) -> String {
        for path in ["/sys/kernel/tracing", "/sys/kernel/debug/tracing"] where Files.exists("\(path)/instances") {
            return path
        }
        try OwnProcess.mount("tracefs", on: "/sys/kernel/tracing")
        return "/sys/kernel/tracing"
    }
}
