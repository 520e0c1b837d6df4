package import Linux
package import Packets
package import Tracing
package import SockDiag
package import Worker

/// Something that is done or expected in an attempt: a value, which `Performer` performs.
///
/// Sockets, processes, calls under way, rules of the wire, segments and moments go by the names under which earlier
/// acts have made them known, so acts can be kept, printed and performed again.
package enum Act: Codable, Sendable {
    case socket(String, SocketAct)
    case call(String, CallAct)
    case process(String, ProcessAct)
    case host(HostName, HostAct)
    case wire(WireAct)
    case attempt(AttemptAct)
}

/// What is done with a socket, or expected of it.
package enum SocketAct: Codable, Sendable {
    case call(Call, Outcome)
    /// Asks for a call and does not wait for it.
    case begin(Call, as: String)
    case accept(as: String)
    case duplicate(as: String)
    case share(with: String, as: String)
    case fill(atMost: Int?)
    case readToEnd(Int)
    case crash
    case destroy(End)

    case shows(Row, of: End, after: Duration?)
    case isGone(End, after: Duration?)
    case passes([TCPState], of: End)
    case goes(TCPState, TCPState, as: String)
    case hasError(Errno?)
    case polls(PollEvents)
    case tcpInfo(TCPState)
    case option(SocketOption, Int32)
    case mirrors(String)
    case timerLasts(ClosedRange<Duration>, since: String)
    case netstat(Netstat)
}

/// Which end of a connection is meant.
package enum End: Codable, Sendable {
    case own
    /// The peer's, which need have no descriptor.
    case other
}

/// A call under way.
package enum CallAct: Codable, Sendable {
    case ends(Outcome, after: Duration)
    case accepts(as: String, after: Duration)
    /// It sleeps in the kernel.
    case isAsleep
    /// It has not returned so far.
    case isBlocked
}

/// What a process does, or what is done with it.
package enum ProcessAct: Codable, Sendable {
    /// Makes it known; without a label it is the one that makes the host's calls anyway.
    case spawn(on: HostName, label: String)
    case fork(as: String)
    case socket(as: String, v6: Bool?)
    case mptcpSocket(as: String)
    case listen(as: String, port: UInt16, backlog: Int32, receiveBuffer: Int32?, reuseAddress: Bool, v6: Bool?)
    /// So many sockets without names; each connection is accepted.
    case connect(Int, to: Endpoint, listener: String)
    case signal(Signal, SignalDisposition)
    case kill(Signal)
    case call(ProcessCall, Outcome)
    case exit(Int32)
    case stop
    case resume
    case ends(ProcessEnd)
}

/// A call that belongs to no socket.
package enum ProcessCall: Codable, Sendable {
    case raise(Signal)
    /// pipe(2); gives the end for reading.
    case pipe
    /// shutdown(2) of any descriptor, with any second argument.
    case shutdown(descriptor: Int64, how: Int32)
}

/// What is set on a host, or expected of it.
package enum HostAct: Codable, Sendable {
    case set(sysctl: String, to: String)
    case addAddress(String)
    case counts([String: Int64])
    case tracesReset(String, in: TCPState?)
    case traces(Tracepoint, Int)
    case tracesNoChild(port: UInt16)
    /// Of all connections, or only that of a socket.
    case hasRows(Int, Row, of: String?)
    /// Any end toward an address shows this.
    case endShows(toward: Endpoint, Row, after: Duration?)
    case endVanishes(toward: Endpoint, label: String, after: Duration, since: String)
}

/// What the wire does, or carries.
package enum WireAct: Codable, Sendable {
    case rule(RuleKind, [SegmentPattern], first: Int?, ends: [Endpoint], as: String)
    case release([String], reversed: Bool)
    case lift(String)
    case meets(String, Int, after: Duration?)

    case carries([SegmentPattern], after: Duration?, since: Since, as: [String])
    case carriesOnly([SegmentPattern], inAnyOrder: Bool, since: Since)
    case carriesNothing(since: Since)
    case carriesCount(Int, SegmentPattern, since: Since)
    case carriesAtLeast(Int, SegmentPattern, after: Duration?, since: Since)
    case carriesNothingBut([SegmentPattern], since: Since)
    case carriesNoReset(since: Since)
    case carriesAgain(SegmentPattern, after: String, timer: Duration, as: String)
    case hasCarried(SegmentPattern, as: String)
    case staysQuiet(Duration)
    case backsOff(SegmentPattern, after: String, timeout: Duration, times: Int)

    case forge(Forged, as: String)
    case imitate(Imitation, as: String)
    /// A segment that was seen, again or changed.
    case repeats(String, Changes, as: String)
    case complains(Unreachable, about: String, from: String?)
    /// Resets that the scenario neither claims nor minds.
    case tolerates([SegmentPattern])

    /// Names the place up to which the wire has carried what it has.
    case here(as: String)
}

/// Since when segments count.
package enum Since: Codable, Hashable, Sendable {
    case stepBegan, chapterBegan, attemptBegan
    /// A place that `WireAct.here` has named.
    case place(String)
}

/// What concerns the attempt as a whole.
package enum AttemptAct: Codable, Sendable {
    case chapter(String)
    case overIPv6(Bool)
    case closeListeners
    case passTime(Duration)
    case keepBusy(Duration)
    case note(String)
    case void(String)
    case variant(String)
    case measure(String, Double, unit: String, tolerance: Double)
    case setMachine(String, to: String)
    case restoreMachine
    case retransmissionsAgree
    case lasts(String, from: String, to: String, within: ClosedRange<Duration>)
    case vanish([Vanishing], after: Duration)
    /// The time within which something is done begins, and ends: a moment that is known only so far.
    case momentBegins(String)
    case momentEnds(String)
}

/// A socket whose row is to go when its timer, begun at a moment, runs out.
package struct Vanishing: Codable, Sendable {
    package var socket: String
    package var since: String

    package init(socket: String, since: String) {
        self.socket = socket
        self.since = since
    }
}
