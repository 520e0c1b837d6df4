package import Packets
package import Linux
package import Record
package import SockDiag

/// What the words of a scenario are addressed to.
///
/// `Performer`, of the engine, does what they say; `StepList` only takes down the steps. That scenarios know neither is
/// what lets a command describe them without the engine, and so without a kernel.
package protocol Executor: AnyObject, Sendable {
    var lane: Lane { get }

    /// Begins a step, does what is in it, and ends it.
    func step(_ words: String, _ body: () throws -> Void) rethrows
    /// Adds words to the list of steps.
    func announce(_ words: String)
    /// Performs an act, unless the attempt has stopped.
    func perform(_ act: Act, at location: SourceLocation)
    /// Performs an act that gives a number; throws where the attempt has stopped.
    func result(of act: Act, at location: SourceLocation) throws -> Int64
    /// A name nobody has yet: `client`, then `client 2`.
    func name(_ label: String) -> String
    /// Asks the laboratory something; throws where the attempt has stopped.
    func ask<Value>(_ question: (any Laboratory) throws -> Value) throws -> Value
}

/// The attempt that the calling thread is at.
package enum Attempting {
    @TaskLocal package static var executor: (any Executor)?
}

/// What can be asked of an attempt under way, by the names that its acts have given.
package protocol Laboratory {
    /// Whether there are tracepoints.
    var isTraced: Bool { get }
    /// Takes in everything that has happened up to now.
    func synchronize() throws
    /// Runs another scenario over IPv6, as a chapter of this one.
    func overIPv6(_ scenario: Scenario) throws

    // MARK: Names

    func address(_ endpoint: Endpoint) throws -> SocketAddress
    /// When something was, as far as it is known.
    func moment(_ name: String) throws -> ClosedRange<Instant>
    func remember(_ moment: ClosedRange<Instant>, as name: String)
    func segment(_ name: String) throws -> WireSegment
    /// The segments that a rule has matched so far.
    func matched(by rule: String) throws -> [WireSegment]

    // MARK: Sockets and calls

    /// The row of a socket or of its peer; nil where there is none.
    func row(of socket: String, _ end: End) throws -> DiagRow?
    /// Its latest path by the tracepoint; skips where there is none.
    func path(of socket: String) throws -> [TCPState]
    func descriptor(of socket: String) throws -> Int32
    func localAddress(of socket: String) throws -> SocketAddress?
    /// The requests of a listener's port.
    func requests(of listener: String) throws -> [DiagRow]
    func retransmissionTimeout(of socket: String) throws -> Duration
    /// SOCK_DESTROY, however it ends; nil where the kernel obeys.
    func tryDestroy(_ socket: String) throws -> Errno?
    func hasReturned(_ call: String) throws -> Bool
    /// How a call ended, waiting for that.
    func result(of call: String, after timer: Duration, at location: SourceLocation) throws -> CallResult

    // MARK: Hosts

    func sysctl(_ name: String, of host: HostName) throws -> String?
    /// Settings of net.ipv4 in a namespace that is made for this look, by the beginnings of their names.
    func freshSettings(beginning prefixes: [String]) throws -> [String: String]
    func counter(_ name: String, of host: HostName) throws -> Int64
    func rows(of host: HostName) throws -> [DiagRow]
    func boundRows(of host: HostName) throws -> [DiagRow]
    func finds(_ row: DiagRow, on host: HostName) throws -> Bool
    func procNetTCP(of host: HostName) throws -> [Substring]

    // MARK: Wire

    /// What the hosts have sent, in order.
    func carried(since: Since) throws -> [WireSegment]
    /// How much later than due a delayed segment was delivered at worst.
    var worstLateness: Duration { get }
    func forgetLateness()
    func tolerate(resets pattern: SegmentPattern)

    // MARK: Expectations

    func expect(_ words: String, _ passed: Bool, seen: String, by witness: String, at location: SourceLocation)
    func expect(
        _ words: String, lasted duration: Duration, within bounds: ClosedRange<Duration>, by witness: String,
        at location: SourceLocation)
    func expectBackoff(
        of what: String, _ sent: [WireSegment], givenUp end: Instant, retries: Int, at location: SourceLocation) throws
    /// Waits until something holds, for as long as a kernel timer may take; ends the scenario otherwise.
    func require(
        _ words: String, after timer: Duration, at location: SourceLocation, seen: () -> String,
        _ condition: () throws -> Bool) throws
    /// Whether something comes about within a time, by default as long as anything is waited for.
    func comesAbout(within time: Duration?, _ condition: () throws -> Bool) throws -> Bool
}

/// How a call ended.
package struct CallResult: Sendable {
    /// What it returned.
    package let value: Int64
    package let errno: Errno?
    /// What was read, or the bytes of an option.
    package let bytes: [UInt8]
    /// An option that is an integer.
    package let integer: Int32?
    /// How long it was in the kernel.
    package let took: Duration
    package let words: String

    package init(value: Int64, errno: Errno?, bytes: [UInt8], integer: Int32?, took: Duration, words: String) {
        self.value = value
        self.errno = errno
        self.bytes = bytes
        self.integer = integer
        self.took = took
        self.words = words
    }
}
