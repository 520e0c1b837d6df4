import Acts
import Glibc
import Linux
import Record
import Testing

@testable import Lab

/// What a machine is set to, and what its kernel has or lacks, is no part of what a scenario shows.
@Suite("The host's settings", .enabled(if: isRoot, "needs root: laboratories are namespaces"))
struct HostSettingsTests {
    private static func scenario(_ link: Link, _ run: @escaping @Sendable (Lab) throws -> Void = { _ in }) -> Scenario {
        Scenario("test.settings", claim: "A claim.", cites: [], link: link, steps: []) { lab in
            let pair = try lab.connectedPair()
            try pair.client.send("hello")
            lab.expect(try pair.server.ask(.recv(100)), reads: "hello")
            try run(lab)
        }
    }

    private static let links: [Link] = [
        .direct, .relay, .impaired(delay: .milliseconds(5), jitter: .zero, loss: 0),
    ]

    /// Namespaces may be born with tunnel devices, and the veth's ends are then not interface 2.
    @Test(arguments: links.indices) func strangeInterfaces(_ index: Int) async throws {
        let outcome = try await Attempts.run(Self.scenario(Self.links[index]), timeout: .seconds(10)) {
            $0.faults.strangeInterfaces = 3
        }
        #expect(outcome.finished.verdict == .passed, "\(outcome.words)")
    }

    /// A kernel without netem gets the same link of the relay; who insists on netem is told.
    @Test func netemOrRelay() async throws {
        var used: [LinkChoice: String] = [:]
        for choice in LinkChoice.allCases {
            let outcome = try await Attempts.run(Self.scenario(Self.links[2]), timeout: .seconds(10)) {
                $0.link = choice
            }
            used[choice] = "\(outcome.finished.verdict) \(outcome.finished.link)"
        }
        #expect(used[.relay] == "passed relay")
        let hasNetem = used[.netem] == "passed netem"
        #expect(used[.auto] == (hasNetem ? "passed netem" : "passed relay"))
        if !hasNetem { #expect(used[.netem] == "skipped none") }
    }

    /// What the machine hands down is put right in both hosts before anything else is made.
    @Test func correctionsAreMade() async throws {
        let odd = [
            KernelDefaults.Setting("net.ipv4.tcp_rmem", "4096 50000 100000"),
            KernelDefaults.Setting("net.ipv4.conf.default.forwarding", "1"),
            KernelDefaults.Setting("net.ipv4.no_such_thing", "1"),
        ]
        let outcome = try await Attempts.run(
            Self.scenario(.relay) { lab in
                for host in [lab.a!, lab.b!] {
                    let words = try host.sysctl("tcp_rmem")?.split(whereSeparator: \.isWhitespace).joined(
                        separator: " ")
                    lab.expect("tcp_rmem", words == "4096 50000 100000", seen: words ?? "none", witnesses: [])
                    let inherited = try host.sysctl("net.ipv4.conf.veth0.forwarding")
                    lab.expect("forwarding", inherited == "1", seen: inherited ?? "none", witnesses: [])
                }
            }, timeout: .seconds(10)
        ) { $0.corrections = odd }
        #expect(outcome.finished.verdict == .passed, "\(outcome.words)")
    }

    /// A new namespace here, once corrected, has nothing that is otherwise than the kernel's own.
    @Test func correctionsAreEnough() async throws {
        let testBed = try TestBed.shared.get()
        try await testBed.onThread {
            let corrections = try KernelDefaults.corrections()
            let namespace = try NetworkNamespace()
            try namespace.setSysctls(corrections.map { ($0.name, $0.value) })
            try namespace.inside {
                for setting in KernelDefaults.table {
                    guard let value = try NetworkNamespace.currentSysctl(setting.name) else { continue }
                    #expect(value.split(whereSeparator: \.isWhitespace).joined(separator: " ") == setting.value)
                }
            }
            // And what differs is found: here in a namespace whose children are as the machine's are.
            for setting in corrections { #expect(KernelDefaults.table.contains(setting)) }
        }
    }

    /// What an attempt changes of a machine is undone in reverse, also by another, and then never again.
    @Test func machineSettings() async throws {
        let testBed = try TestBed.shared.get()
        try await testBed.onThread {
            let machine = try NetworkNamespace()
            func value() throws -> String { try machine.sysctl("net.ipv4.tcp_fin_timeout") }
            let before = try value()
            let settings = MachineSettings(of: machine)
            for seconds in ["11", "12"] {
                try settings.set("net.ipv4.tcp_fin_timeout", to: seconds)
                #expect(try value() == seconds)
            }
            settings.restore()
            #expect(try value() == before)
            try settings.set("net.ipv4.tcp_fin_timeout", to: "13")
            settings.close()
            #expect(try value() == before)
            #expect(throws: ScenarioStop.self) { try settings.set("net.ipv4.tcp_fin_timeout", to: "14") }
            #expect(try value() == before)
        }
    }
}
