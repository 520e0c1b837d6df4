internal import Acts
internal import SockDiag
internal import Health
internal import Judge
internal import Linux
internal import Record

// What the kernel complains of, and what it does not give back.
extension Lab {
    /// Records what the kernel complained of on account of this attempt, once its processes are gone.
    package func judgeHealth(location: String) throws {
        for host in [a!, b!] {
            guard let fact = try leak(of: host) else { continue }
            hasLeaked = true
            configuration.namespaces?.noteToldLeak()
            report(fact, expected: "the sockets of \(host.name.rawValue) are gone with their processes", location)
        }
        for finding in configuration.health?.findings(of: timeline.attempt) ?? [] {
            let complaint = finding.complaint
            let fact = HealthFact(
                attempt: timeline.attempt, at: timeline.relative(.now), kind: complaint.kind,
                summary: complaint.summary, lines: complaint.lines, isOurs: finding.isOurs)
            report(fact, expected: "the kernel has nothing to complain of", location)
        }
    }

    private func report(_ fact: HealthFact, expected: String, _ location: String) {
        timeline.add(.health(fact), at: fact.at)
        // However late anybody was: a kernel that warns has warned.
        let expectation = Expectation(
            expected, exactness: .always, location: location, witnesses: ["kernel"], canBeDisturbed: false)
        timeline.add(Finding(expectation, .broken(seen: fact.summary, at: fact.at)))
    }

    /// What shows that a host's namespace still counts sockets that no list of sockets has.
    ///
    /// A socket is counted until its last reference is gone. What waits for its peer or for a timer is listed; what has
    /// a reference too many is not.
    private func leak(of host: Host) throws -> HealthFact? {
        func surplus() throws -> Int {
            let count = try host.socketsInUse() - host.ownSockets
            return count <= 0 ? 0 : count - (try host.rows().count { !$0.isMinisock })
        }
        // References are dropped a moment after the last process, when frames on the way and RCU are done with them.
        // The laboratory's loop must not run: what processes leave behind when they are killed is nobody's behaviour.
        let deadline = Instant.now + configuration.timeout
        var pause = Duration.milliseconds(1)
        while try surplus() > 0 {
            guard Instant.now < deadline else { break }
            Polling.pause(pause)
            pause = min(pause * 2, .milliseconds(500))
        }
        guard try surplus() > 0 else { return nil }
        let count = try surplus()
        let lines = try host.socketStatistics().split(separator: "\n").map(String.init).filter {
            $0.hasPrefix("sockets:") || $0.hasPrefix("TCP:")
        }
        return HealthFact(
            attempt: timeline.attempt, at: timeline.relative(.now), kind: .leakedSockets,
            summary: "\(count) \(count == 1 ? "socket" : "sockets") of \(host.name.rawValue) leaked: "
                + "/proc/net/sockstat counts what nobody holds",
            lines: lines)
    }
}

extension Host {
    func socketStatistics() throws -> String {
        try namespace.inside { try Files.read("/proc/thread-self/net/sockstat") }
    }

    /// How many sockets there are in the namespace, of all families.
    func socketsInUse() throws -> Int {
        let line = try socketStatistics().split(separator: "\n").first { $0.hasPrefix("sockets:") }
        return line.flatMap { $0.split(separator: " ").last }.flatMap { Int($0) } ?? 0
    }
}
