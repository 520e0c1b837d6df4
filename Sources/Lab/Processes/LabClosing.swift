package import Linux
internal import Netlink

// Closing in order, for scenarios about what is left behind.
extension Lab {
    /// Closes a connection in order and leaves the end that closes first in TIME_WAIT, the other gone.
    ///
    /// The first end keeps its descriptor until the other's FIN is there, so that it goes through FIN_WAIT2 as a full
    /// socket, whatever the timing. Returns the time within which TIME_WAIT began.
    ///
    /// - Parameter keepDescriptor: whether the first end's descriptor stays open even then.
    @discardableResult
    package func closeInOrder(
        first: Socket, then last: Socket, keepDescriptor: Bool = false, file: StaticString = #fileID,
        line: Int = #line
    ) throws -> ClosedRange<Instant> {
        try first.shutdown(.SHUT_WR, file: file, line: line)
        try require(first, shows: .row(.FIN_WAIT2, .owned, timer: .off), file: file, line: line)
        try require(last, shows: .row(.CLOSE_WAIT, .owned, timer: .off), file: file, line: line)
        let before = Instant.now
        try last.close(file: file, line: line)
        try require(first, shows: .row(.TIME_WAIT, .minisock, timer: .timewait), file: file, line: line)
        // From here on no FIN is sent again that would renew the minute.
        try requireGone(last, file: file, line: line)
        try synchronize()
        let after = Instant.now
        if !keepDescriptor { try first.close(file: file, line: line) }
        return before...after
    }

    /// Expects a minisock's minute to have begun within this time.
    ///
    /// Minisocks are never traced, so the begin is known only as well as what brought it about and what showed it.
    package func expect(
        minuteOf socket: Socket, began: ClosedRange<Instant>, file: StaticString = #fileID, line: Int = #line
    ) throws {
        try expect(
            timerOf: socket, since: began.lowerBound,
            lasts: .milliseconds(59_950)...(.milliseconds(60_050) + (began.upperBound - began.lowerBound)),
            file: file, line: line)
    }

    /// Lets a begun minute run on until a new one can be told from it, with nothing on the wire meanwhile.
    package func letRun(
        minute began: ClosedRange<Instant>, file: StaticString = #fileID, line: Int = #line
    ) throws {
        let blur = began.upperBound - began.lowerBound
        try expectQuiet(for: .milliseconds(200) + blur, file: file, line: line)
    }
}
