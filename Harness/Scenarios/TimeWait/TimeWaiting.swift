internal import Vocabulary

/// TIME_WAIT.
enum TimeWaiting {
    static let all =
        [SixtySeconds.scenario] + LeftBehind.all + Binding.all
        + [NewSynHigher.scenario, NewSynLower.scenario, ReconnectBlocked.scenario] + OldDuplicates.all
        + Assassination.all

    /// A connection from a port that A binds; its ends are called `NAME client` and `NAME server`.
    static func connect(
        _ name: String, from port: UInt16, to listener: Socket
    ) -> (client: Socket, server: Socket) {
        let client = A.socket("\(name) client")
        client.bind(A.port(port))
        client.connect(to: B.port(5000))
        return (client, listener.accept("\(name) server"))
    }

    /// Both hosts use timestamps, or do not.
    static func useTimestamps(_ on: Bool) {
        for host in bothHosts { host.set("tcp_timestamps", to: on ? "1" : "0") }
    }

    /// A TIME_WAIT on A, whose descriptor is still open, after B has sent eight bytes; gives when it began too.
    static func afterData(port: UInt16 = 5000) -> (client: Socket, began: Moment) {
        chapter("a connection with data")
        let connection = connection("of \(port)", port: port)
        let (client, server) = (connection.client, connection.server)
        step("B sends eight bytes, which A reads") {
            server.send("old data")
            connection.listener.close()  // it would answer what comes for the connection that is gone
            client.receives("old data")
            server.shows(.ESTABLISHED, sendQueue: 0)
            wire.staysQuiet(for: .milliseconds(5))  // the clock of timestamps has steps of 1 ms
        }
        var closing = Moment.unknown
        step("A closes first, then B; A is in TIME_WAIT") {
            closing = closeInOrder(first: client, then: server, keepDescriptor: true)
        }
        return (client, closing)
    }
}
