// How connections begin, and what they carry.

extension Grammar {
    private static let nonblocking = "MSG_DONTWAIT|MSG_NOSIGNAL"

    static let opening: [Production] = [
        Production("connect", nil, weight: 4, when: { $0.those { $0.hasPeer }.count < 4 && !$0.isDisturbed }) {
            stage, _ in
            let listener = stage.those { $0.state == .listening && $0.host == "B" && $0.port == 5000 }.first
            let client = stage.add("client", on: "A", .connected)
            let server = stage.add("server", on: "B", .connected)
            stage.traffic += 3
            if let listener { return ["connect \(client) \(server) through \(listener.name)"] }
            let name = stage.add("listener", on: "B", .listening, port: 5000)
            return ["connect \(client) \(server)" + (name == "listener" ? "" : " listener \(name)")]
        },
        Production("connect from a port", .open, when: { $0.those { $0.hasPeer }.count < 4 && !$0.isDisturbed }) {
            stage, chances in
            let listener = stage.those { $0.state == .listening && $0.host == "B" && $0.port == 5000 }.first
            // One that another socket had before, as who restarts a client does.
            let used = stage.those { $0.host == "A" && $0.port != nil }.compactMap(\.port)
            let port = used.isEmpty || chances.isLucky(percent: 30) ? stage.freePort(from: 7000) : chances.one(of: used)
            let client = stage.add("client", on: "A", .connected, port: port)
            var lines: [String] = []
            let name = listener?.name ?? stage.add("listener", on: "B", .listening, port: 5000)
            if listener == nil { lines.append("B listen \(name) port 5000") }
            lines += [
                "A socket \(client)", "\(client) setsockopt SO_REUSEADDR 1 -> anything",
                "\(client) bind A:\(port) -> anything", "\(client) nonblocking -> anything",
                "\(client) connect B:5000 -> anything",
            ]
            stage.change(name) { $0.waiting += 1 }
            stage.traffic += 3
            return lines
        },
        Production("listen", .open, when: { $0.those { $0.state == .listening }.count < 2 }) { stage, chances in
            let port = stage.freePort(from: 5000)
            let name = stage.add("listener", on: "B", .listening, port: port)
            let backlog = chances.one(of: ["", " backlog 0", " backlog 1"])
            return ["B listen \(name) port \(port)\(backlog)"]
        },
        Production("socket", .open, when: { $0.those { $0.state == .fresh }.count < 2 }) { stage, chances in
            let host = chances.one(of: ["A", "A", "B"])
            return ["\(host) socket \(stage.add(host.lowercased(), on: host, .fresh))"]
        },
        Production("bind", .open, when: { !$0.those { $0.state == .fresh }.isEmpty }) { stage, chances in
            let socket = chances.one(of: stage.those { $0.state == .fresh })
            let port = stage.freePort(from: socket.host == "A" ? 7000 : 8000)
            stage.change(socket.name) { ($0.state, $0.port) = (.bound, port) }
            return ["\(socket.name) bind \(socket.host):\(port) -> anything"]
        },
        Production(
            "begin to connect", .open, weight: 3,
            when: { !$0.those { $0.state == .fresh || $0.state == .bound }.isEmpty }
        ) { stage, chances in
            let socket = chances.one(of: stage.those { $0.state == .fresh || $0.state == .bound })
            let others = stage.those { $0.host != socket.host && $0.port != nil && $0.isOpen }
            let target = others.isEmpty || chances.isLucky(percent: 15) ? nil : chances.one(of: others)
            let host = socket.host == "A" ? "B" : "A"
            stage.change(socket.name) { $0.state = .connecting }
            if let target, target.state == .listening { stage.change(target.name) { $0.waiting += 1 } }
            stage.traffic += 1
            return [
                "\(socket.name) nonblocking -> anything",
                "\(socket.name) connect \(host):\(target?.port ?? 6000) -> anything",
            ]
        },
        Production("cross", .open, weight: 0.7, when: { $0.those { $0.hasPeer }.count < 3 && !$0.isDisturbed }) {
            stage, chances in
            let (a, b) = (stage.freePort(from: 7000), stage.freePort(from: 8000))
            let (one, other) = (
                stage.add("a", on: "A", .connecting, port: a), stage.add("b", on: "B", .connecting, port: b)
            )
            let slow = stage.name("slow")
            stage.rules.append((slow, false))
            stage.traffic += 4
            let delay = chances.one(of: ["20ms", "90ms"])
            return [
                "A socket \(one)", "B socket \(other)", "\(one) bind A:\(a) -> anything",
                "\(other) bind B:\(b) -> anything", "\(one) nonblocking -> anything",
                "\(other) nonblocking -> anything", "wire delay \(delay) \"SYN>\" \"<SYN\" as \(slow)",
                "\(one) connect B:\(b) -> anything", "\(other) connect A:\(a) -> anything",
            ]
        },
        Production(
            "accept", nil, weight: 3, when: { !$0.isDisturbed && !$0.those { $0.waiting > 0 && $0.isOpen }.isEmpty }
        ) { stage, chances in
            let listener = chances.one(of: stage.those { $0.waiting > 0 && $0.isOpen })
            stage.change(listener.name) { $0.waiting -= 1 }
            return ["\(listener.name) accepts \(stage.add("server", on: "B", .connected))"]
        },
    ]

    static let data: [Production] = [
        Production("send", .data, weight: 3, when: hasPeers) { stage, chances in
            stage.traffic += 1
            let text = chances.one(of: ["x", "abc", "a longer message"])
            return ["\(chances.peer(stage)) send \"\(text)\" \(nonblocking) -> anything"]
        },
        Production("send much", .data, when: hasPeers) { stage, chances in
            stage.traffic += 1
            let count = chances.one(of: [1000, 3000, 20_000, 200_000])
            return ["\(chances.peer(stage)) sendfill \(count) \(nonblocking) -> anything"]
        },
        Production("receive", .data, weight: 3, when: hasPeers) { stage, chances in
            let count = chances.one(of: [1, 100, 100, 30_000])
            let flags = chances.one(of: ["MSG_DONTWAIT", "MSG_DONTWAIT", "MSG_PEEK|MSG_DONTWAIT"])
            return ["\(chances.peer(stage)) recv \(count) \(flags) -> anything"]
        },
        Production("look", .data, weight: 0.7, when: hasPeers) { stage, chances in
            let call = chances.one(of: ["poll", "SO_ERROR", "SIOCOUTQ", "getpeername"])
            return ["\(chances.peer(stage)) \(call) -> anything"]
        },
    ]

    static let closing: [Production] = [
        Production("shutdown", .close, weight: 2, when: hasPeers) { stage, chances in
            stage.traffic += 1
            let how = chances.one(of: ["SHUT_WR", "SHUT_WR", "SHUT_RD", "SHUT_RDWR"])
            return ["\(chances.peer(stage)) shutdown \(how) -> anything"]
        },
        Production("close", nil, weight: 3, when: { !$0.those { $0.isOpen && $0.state != .fresh }.isEmpty }) {
            stage, chances in
            let socket = chances.one(of: stage.those { $0.isOpen && $0.state != .fresh })
            stage.change(socket.name) { $0.state = .closed }
            stage.traffic += 1
            return ["\(socket.name) close -> anything"]
        },
        Production("linger", .close, weight: 0.7, when: hasPeers) { stage, chances in
            let seconds = chances.one(of: [0, 0, 1, 3])
            return ["\(chances.peer(stage)) linger \(seconds) -> anything"]
        },
        Production("abort", .close, weight: 1, when: hasPeers) { stage, chances in
            let name = chances.peer(stage)
            stage.change(name) { $0.state = .closed }
            return ["\(name) linger 0 -> anything", "\(name) close -> anything"]
        },
        Production("disconnect", .close, weight: 0.7, when: hasPeers) { stage, chances in
            let name = chances.peer(stage)
            stage.change(name) { $0.state = .fresh }
            return ["\(name) disconnect -> anything"]
        },
        Production("destroy", .close, weight: 0.4, when: { $0.traffic > 0 && hasConnected($0) }) { stage, chances in
            let socket = chances.one(of: stage.those { $0.state == .connected })
            stage.change(socket.name) { $0.state = .closed }
            return ["\(socket.name) destroyed"]
        },
    ]

    static func hasPeers(_ stage: Stage) -> Bool { !stage.those(\.hasPeer).isEmpty }
    static func hasConnected(_ stage: Stage) -> Bool { !stage.those { $0.state == .connected }.isEmpty }
}

extension Chances {
    /// The name of a socket that has a peer.
    mutating func peer(_ stage: Stage) -> String { one(of: stage.those(\.hasPeer)).name }
}
