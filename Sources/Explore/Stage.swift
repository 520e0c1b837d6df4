/// What the grammar knows of the hosts while it writes a sequence; not more than what lines before have said.
struct Stage {
    struct Socket {
        enum State { case fresh, bound, listening, connecting, connected, closed }

        let name: String
        let host: String
        var state = State.fresh
        var port: Int?
        /// Of a listener, how many connections may wait for accept(2).
        var waiting = 0

        /// Whether it has or had a peer, so that data and segments in its name make sense.
        var hasPeer: Bool { state == .connected || state == .connecting }
        var isOpen: Bool { state != .closed }
    }

    private(set) var sockets: [Socket] = []
    /// Rules of the wire that are in force, and whether they keep segments.
    var rules: [(name: String, keeps: Bool)] = []
    /// Names of segments.
    var segments: [String] = []
    private var names: Set<String> = []
    /// Milliseconds that have been waited.
    var waited = 0
    /// How many segments at least have been caused.
    var traffic = 0

    /// A name that nothing has: `client`, then `client2`.
    mutating func name(_ label: String) -> String {
        var name = label
        var number = 1
        while !names.insert(name).inserted {
            number += 1
            name = "\(label)\(number)"
        }
        return name
    }

    mutating func add(_ label: String, on host: String, _ state: Socket.State, port: Int? = nil) -> String {
        let name = name(label)
        sockets.append(Socket(name: name, host: host, state: state, port: port))
        return name
    }

    mutating func change(_ name: String, _ body: (inout Socket) -> Void) {
        guard let place = sockets.firstIndex(where: { $0.name == name }) else { return }
        body(&sockets[place])
    }

    func those(_ isWanted: (Socket) -> Bool) -> [Socket] { sockets.filter(isWanted) }

    /// A port that nothing has been bound to so far.
    func freePort(from first: Int) -> Int {
        var port = first
        while sockets.contains(where: { $0.port == port }) { port += 1 }
        return port
    }

    /// Whether some rule of the wire is in force.
    var isDisturbed: Bool { !rules.isEmpty }
}
