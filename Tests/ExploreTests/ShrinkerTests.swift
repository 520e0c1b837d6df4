import Testing

@testable import Explore

@Suite struct ShrinkerTests {
    private static let lines = [
        "sysctl tcp_sack = 0", "sysctl tcp_ecn = 1", "ipv6", "over IPv6", "connect client server",
        "wire hold \"DATA>\" as held", "client send \"abc\" -> anything", "server recv 100 MSG_DONTWAIT -> anything",
        "client shutdown SHUT_WR -> anything", "wait 1700ms", "wire release held", "server linger 0 -> anything",
        "client setsockopt TCP_NODELAY 1 -> anything", "server close -> anything", "client close -> anything",
        "wait 290s",
    ]

    /// The shortest that shows it, and how many were tried for that.
    private func shrunk(_ shows: (Candidate) -> Bool) -> (lines: [String], tries: Int) {
        var shrinker = Shrinker(Candidate(Self.lines))
        var tries = 0
        while true {
            let candidates = shrinker.candidates()
            guard !candidates.isEmpty else { break }
            #expect(candidates.allSatisfy { $0.readable == $0 })
            tries += candidates.count
            shrinker.take(candidates.map(shows))
        }
        #expect(shrinker.isDone)
        return (shrinker.best.lines, tries)
    }

    @Test(arguments: [
        (["client close -> anything"], ["connect client server"]),
        (["server linger 0 -> anything", "server close -> anything"], ["connect client server"]),
        (["wire release held"], ["wire hold \"DATA>\" as held"]),
        (["sysctl tcp_ecn = 1", "client send \"abc\" -> anything"], ["connect client server"]),
        (["over IPv6", "ipv6"], []),
        (lines, []),
    ])
    func onlyWhatItTakesIsLeft(_ wanted: [String], _ needed: [String]) {
        let (lines, tries) = shrunk { candidate in wanted.allSatisfy(candidate.lines.contains) }
        #expect(Set(lines) == Set(wanted + needed))
        #expect(tries < 150)
    }

    /// Of two either will do, and nothing says which.
    @Test func eitherOfTwoIsEnough() {
        let (lines, _) = shrunk { candidate in
            candidate.lines.contains("client close -> anything") || candidate.lines.contains("server close -> anything")
        }
        #expect(lines.count == 2)
    }

    /// Two lines of which both may go, but not both at once.
    @Test func whatMayGoAloneNeedNotGoTogether() {
        let (lines, _) = shrunk { candidate in
            let ends = ["client close -> anything", "server close -> anything", "client shutdown SHUT_WR -> anything"]
            return ends.count(where: candidate.lines.contains) >= 2
        }
        #expect(lines.count == 3)
    }

    @Test func waitsBecomeShorter() {
        let (lines, _) = shrunk { candidate in
            candidate.lines.contains { ["wait 290s", "wait 80s", "wait 20s"].contains($0) }
        }
        #expect(lines == ["wait 20s"])
    }
}
