import Baselines
import Compare
import Record
import Testing

/// Changes that are in some releases of a series and not in others, and baselines of releases that archives have left
/// behind.
@Suite struct ReleaseTests {
    private static let id = "open.icmp-unreachable"
    private static let less = "the next SYN offers less"
    private static let asMuch = "the next SYN offers as much"

    /// What a kernel may show, where one commit came to 6.12 in one point release and was taken out in another.
    @Test(arguments: [
        ("6.1.192", false, true), ("6.12.110", false, true), ("6.12.111", true, false), ("6.12.117", true, false),
        ("6.12.118", false, true), ("6.12.119", false, true), ("6.12", true, true), ("6.17.4", false, true),
        ("6.18.1", true, true), ("7.2.2", false, true), ("7.2.3", true, false), ("7.2.13", true, true),
        ("7.3.0", true, true), ("7.3.4", true, true), ("7.4.0", false, true),
    ])
    func whereAChangeIs(_ release: String, _ mayHave: Bool, _ mayLack: Bool) throws {
        let change = try #require(knownChanges.first { $0.concerns(Self.id) })
        let kernel = try #require(KernelVersion(release: release))
        #expect(change.releases.mayHave(kernel) == mayHave)
        #expect(change.releases.mayLack(kernel) == mayLack)
    }

    /// Whether a difference between two releases is accounted for, from what was to what is seen.
    @Test(arguments: [
        ("6.12.110", less, "6.12.111", asMuch, true), ("6.12.117", asMuch, "6.12.118", less, true),
        ("6.12.118", less, "6.12.119", less, true), ("6.12.118", less, "6.12.112", asMuch, true),
        // One release cannot do both, nor can two between which nothing happened.
        ("6.12.117", asMuch, "6.12.117", less, false), ("6.12.112", asMuch, "6.12.115", less, false),
        ("6.12.118", less, "6.12.119", asMuch, false), ("6.12.118", less, "7.2.13", asMuch, true),
        // Where mainline has taken it out, the stable trees follow at some point, and not before they had it.
        ("7.2.13", asMuch, "7.2.14", less, true), ("7.2.14", less, "7.2.13", asMuch, true),
        ("7.2.13", less, "7.2.14", asMuch, false), ("7.2.1", less, "7.2.13", asMuch, true),
        ("7.2.13", asMuch, "7.3.0", less, true), ("7.3.0", less, "7.4.0", asMuch, false),
        ("6.18.20", less, "6.18.40", asMuch, true), ("6.18.40", asMuch, "6.18.50", less, true),
    ])
    func whatAccountsForADifference(_ before: String, _ old: String, _ after: String, _ new: String, _ known: Bool) {
        let runs = [(before, Self.run(before, old)), (after, Self.run(after, new))]
        #expect(Comparison(runs, knowing: knownChanges).unexplained.isEmpty == known)
        let findings = Self.baseline(before, old).check(Self.run(after, new), knowing: knownChanges)
        #expect(findings.contains(where: \.isFailure) == !known)
        #expect(findings.contains { $0.kind == .knownChange } == (known && old != new))
    }

    private static func run(_ release: String, _ variant: String) -> RunRecord {
        Sample.run(release, [.of(id, variant: variant)])
    }

    private static func baseline(_ release: String, _ variant: String) -> Baseline {
        Baseline(series: KernelVersion(release: release)?.series ?? "", kernel: release)
            .updated(with: run(release, variant), knowing: knownChanges)
    }

    /// A newer point release than the baseline's, as the archive may bring it any day.
    @Test func aNewPointRelease() throws {
        let bench = try Bench()
        let seen: [SampleAttempt] = [
            .of(Self.id, variant: Self.asMuch), .of("open.syn-recv-rst", variant: "RST in the window is challenged"),
            .of("close.simultaneous", variant: "odd"),
        ]
        try bench.write(Sample.run("6.12.117+deb13-cloud-amd64", seen), to: "old")
        #expect(try bench.run(["baseline", "update", "old"]).status == 0)
        func check(_ trials: [SampleAttempt]) throws -> (status: Int32, output: String) {
            try bench.write(Sample.run("6.12.119+deb13-cloud-amd64", trials), to: "new")
            let result = try bench.run(["baseline", "check", "new"])
            return (result.status, result.output)
        }
        let same = try check(seen)
        // It must have lost the change by then.
        #expect(same.status == 0)

        let reverted = try check([.of(Self.id, variant: Self.less)] + seen.dropFirst())
        #expect(reverted.status == 0)
        #expect(
            reverted.output.hasPrefix(
                "6.12: new is as expected\n  known change: \(Self.id): variant was \(Self.asMuch), now \(Self.less); "
                    + "2640e6419594 (7.3; in 6.12.111 to 6.12.117, reverted in 7.3): "))

        let lost = try check([
            seen[0], .of("open.syn-recv-rst", variant: "RST in the window ends the request"), seen[2],
        ])
        #expect(lost.status == 1)
        #expect(
            lost.output == """
                6.12: new differs
                  vanished, unexplained: open.syn-recv-rst: variant was RST in the window is challenged \
                (a28c4fcbf774), now RST in the window ends the request

                """)

        let unknown = try check(seen.dropLast() + [.of("close.simultaneous", variant: "even")])
        #expect(unknown.status == 1)
        #expect(
            unknown.output
                == "6.12: new differs\n  unknown change: close.simultaneous: variant was odd, now even\n")
    }

    /// Distributions have changes of their own.
    @Test func aChangeOfADistribution() {
        let releases = Releases(
            mainline: KernelVersion(7, 0), backports: [Backport(6, 12, 50...60, by: "Debian"), Backport(6, 12, 70...)])
        for (point, maker, mayHave) in [
            (55, "Debian", true), (65, "Debian", false), (55, nil, false), (75, nil, true), (75, "Ubuntu", true),
        ] as [(Int, String?, Bool)] {
            let kernel = KernelVersion(6, 12, point, distribution: maker)
            #expect(releases.mayHave(kernel) == mayHave)
            #expect(releases.mayLack(kernel) == !mayHave)
        }
    }

    @Test(arguments: [
        ("6.1.0-56-cloud-amd64", "#1 SMP PREEMPT_DYNAMIC Debian 6.1.192-2 (2026-11-16)", 192, "Debian"),
        ("6.12.118+deb13-cloud-amd64", "#1 SMP Debian 6.12.118-1 (2026-11-20)", 118, "Debian"),
        ("6.8.0-45-generic", "#45-Ubuntu SMP PREEMPT_DYNAMIC Fri Aug 30", nil, "Ubuntu"),
        ("6.12.0-rc3", "#1 SMP", 0, nil), ("6.12.5-custom", "#1 SMP Debian", 5, "Debian"), ("6.12-rc3", "", nil, nil),
    ])
    func whatAKernelSaysOfItself(_ release: String, _ build: String, _ point: Int?, _ maker: String?) throws {
        let kernel = try #require(KernelVersion(Kernel(release: release, version: build, machine: "x86_64")))
        #expect(kernel.patch == point)
        #expect(kernel.distribution == maker)
    }
}
