import Foundation
import Glibc
import Record
import Testing

/// `run --kernel` with a QEMU that does what the test wants.
@Suite(.enabled(if: hasGuestTools, "needs strip and ldd")) struct GuestRunTests {
    /// A file that passes for a kernel image of this release; QEMU never sees it.
    private static func image(release: String) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 1040)
        bytes[0x1f1] = 1
        bytes.replaceSubrange(0x202..<0x206, with: Array("HdrS".utf8))
        bytes.replaceSubrange(0x206..<0x208, with: [0x0f, 0x02])
        bytes.replaceSubrange(0x20e..<0x210, with: [0x00, 0x01])
        bytes[0x236] = 1
        bytes[0x24c] = 16
        bytes.replaceSubrange(0x300..<0x300 + release.utf8.count, with: Array(release.utf8))
        return bytes
    }

    /// - Parameters:
    ///   - throughMemory: whether the events come through the shared memory, as from a kernel with PCI.
    ///   - probe: what QEMU does for the probe of KVM.
    func bench(
        _ events: [Event] = [], throughMemory: Bool = false, probe: String = "exit 1", then script: String = "exit 0"
    ) throws -> Workbench {
        let bench = try Workbench()
        try bench.write(Self.image(release: "6.1.0-test"), to: "bench-kernel")
        let bytes = Stream.bytes(events)
        let count = withUnsafeBytes(of: UInt64(bytes.count).littleEndian) { Array($0) }
        let head = count + [UInt8](repeating: 0, count: 64 - count.count)
        // QEMU's memory is larger than what is in it.
        let rest = [UInt8](repeating: 0, count: 4096)
        try bench.write(throughMemory ? head + bytes + rest : bytes, to: "bench-events")
        try FileManager.default.createDirectory(
            atPath: bench.path("bench-baselines"), withIntermediateDirectories: true)
        // The guest's files are descriptors, in the order of QEMU.File.
        try bench.write(
            program: """
                #!/bin/sh
                case "$*" in *isa-debug-exit*) \(probe) ;; esac
                echo "$*" > '\(bench.path("bench-qemu-arguments"))'
                cat <&4 | tr -cd '[:print:]\\n' > '\(bench.path("bench-image"))'
                cat '\(bench.path("bench-events"))' >&\(throughMemory ? 7 : 6)
                \(script)

                """, to: "bench-qemu")
        bench.environment = [
            "TCPWITNESS_QEMU": bench.path("bench-qemu"), "TCPWITNESS_GUEST_SILENCE": "60",
            "TCPWITNESS_BASELINES": bench.path("bench-baselines"),
        ]
        return bench
    }

    static let guestHeader = RunHeader(
        tool: "tcpwitness 0.1.0", kernel: Kernel(release: "6.1.0-test", version: "#1", machine: "x86_64"),
        lane: .default, link: .auto, place: "guest, TCG, virtual time", startedAt: nil)

    static let whole = [.run(guestHeader)] + Stream.whole((.passed, .passed)).dropFirst()

    private static func whole(in place: String) -> [Event] {
        var header = guestHeader
        header.place = place
        return [.run(header)] + whole.dropFirst()
    }

    /// What a record says without the host's stamp, and without how long that took the host.
    private func facts(_ record: String) throws -> ArraySlice<Event> {
        try RecordContents(Array(record.utf8)).events.dropFirst().map { event in
            guard case .end(let end) = event else { return event }
            #expect(end.realDuration != nil)
            return .end(RunEnd(duration: end.duration, interrupted: end.interrupted))
        }[...]
    }

    @Test func aWholeRun() throws {
        let bench = try bench(Self.whole)
        let result = try bench.run(
            ["run", "--kernel", "bench-kernel", "--record", "r.jsonl", "--junit", "j.xml"] + Stream.selected)
        #expect(result.errors == "")
        #expect(result.status == 0)
        #expect(
            result.output.hasPrefix(
                "tcpwitness 0.1.0 on Linux 6.1.0-test x86_64 (guest, TCG, virtual time), default lane, link auto\n"))
        #expect(try facts(bench.read("r.jsonl")) == Self.whole.dropFirst())
        #expect(try bench.read("j.xml").contains("classname=\"tcpwitness.6_1_0-test.open\" name=\"open.three-way\""))
        // What the lab in the guest is told.
        let told = "--lane\ndefault\n--link\nauto\n--repeat\n1\n--timeout\n20\nopen.three-way\nclose.simultaneous\n"
        #expect(try bench.read("bench-image").contains(told))
        #expect(try bench.read("bench-image").contains("--poll\nsparse\n--links\nboth\n"))
    }

    @Test func resultsThroughSharedMemory() throws {
        let bench = try bench(Self.whole, throughMemory: true)
        let result = try bench.run(["run", "--kernel", "bench-kernel", "--record", "r.jsonl"] + Stream.selected)
        #expect(result.errors == "")
        #expect(result.status == 0)
        #expect(try facts(bench.read("r.jsonl")) == Self.whole.dropFirst())
        let short = try self.bench(Array(Self.whole.prefix(5)), throughMemory: true)
        #expect(try short.run(["run", "--kernel", "bench-kernel"] + Stream.selected).status == 3)
    }

    /// A verdict that the series is not known for is a regression.
    @Test func theBaselineOfTheSeries() throws {
        func run(_ baseline: String, _ options: String...) throws -> Workbench.Result {
            let bench = try bench(Self.whole)
            try bench.write(baseline, to: "bench-baselines/6.1.json")
            return try bench.run(["run", "--kernel", "bench-kernel"] + Stream.selected + options)
        }
        func baseline(_ lane: String, _ scenarios: [String]) -> String {
            let expectations = scenarios.map { "\"\($0)\": {\"verdict\": \"passed\"}" }.joined(separator: ",")
            return """
                {"version": 1, "series": "6.1", "kernel": "6.1.0", "lanes": {"\(lane)": {\(expectations)}}}
                """
        }
        let known = ["open.three-way", "close.simultaneous"]
        let same = try run(baseline("default", known))
        #expect(same.status == 0)
        #expect(same.output.hasSuffix("6.1.0-test  as its baseline says\n"))
        let fresh = try run(baseline("default", ["open.three-way"]))
        #expect(fresh.status == 0)
        #expect(fresh.output.contains("as its baseline says, 1 not in the baseline yet"))
        let other = baseline("default", known).replacing("passed", with: "skipped")
        let differs = try run(other)
        #expect(differs.status == 1)
        #expect(differs.output.contains("6.1.0-test  not as its baseline says\n  "))
        #expect(differs.output.contains(": open.three-way: verdict was skipped, now passed"))
        #expect(try run(other, "--no-baseline").status == 0)
        let lane = try run(baseline("scaled", known))
        #expect(lane.status == 0)
        #expect(lane.output.hasSuffix("6.1.0-test  the baseline of 6.1 has no default lane\n"))
    }

    /// Nobody has to add to a series' baseline what he has written for himself.
    @Test(arguments: [([], "text sequences have no baseline"), (["open.three-way"], "as its baseline says")])
    func aTextSequenceHasNoBaseline(_ others: [String], _ words: String) throws {
        let attempts = (["own"] + others).map { Attempt(scenario: $0, number: 1) }
        let events =
            [.run(Self.guestHeader)] + attempts.map { Stream.plan($0.scenario) }
            + attempts.flatMap { attempt -> [Event] in
                [
                    .started(Started(attempt: attempt, at: 1000)), Stream.judged(attempt),
                    Stream.finished(attempt, .passed),
                ]
            } + [.end(RunEnd(duration: 1))]
        let bench = try bench(events)
        try bench.write("id own\nclaim A claim.\nconnect client server\n", to: "own.tcp")
        try bench.write(
            """
            {"version": 1, "series": "6.1", "kernel": "6.1.0", "lanes": {"default": {
            "open.three-way": {"verdict": "passed"}}}}
            """, to: "bench-baselines/6.1.json")
        let result = try bench.run(["run", "--kernel", "bench-kernel", "own.tcp"] + others)
        #expect(result.errors == "")
        #expect(result.status == 0)
        #expect(result.output.hasSuffix("6.1.0-test  \(words)\n"), "\(result.output)")
    }

    /// A failure that the baseline has is as expected; another failure, a pass, and what was not judged are not.
    @Test(
        arguments: [
            (.failed, "a reason", 0, "as its baseline says, 1 failed as expected"),
            (.failed, "another reason", 1, "not as its baseline says"),
            (.passed, "a reason", 1, "not as its baseline says"),
            (.error, "a reason", 3, "as its baseline says, 1 of 2 not judged"),
        ] as [(Verdict, String, Int32, String)])
    func anExpectedFailure(_ seen: Verdict, _ reason: String, _ status: Int32, _ words: String) throws {
        let bench = try bench([.run(Self.guestHeader)] + Stream.whole((seen, .passed)).dropFirst())
        try bench.write(
            """
            {"version": 1, "series": "6.1", "kernel": "6.1.0", "lanes": {"default": {
            "open.three-way": {"verdict": "failed", "reason": "\(reason)"}, "close.simultaneous": {"verdict": "passed"}}}}
            """, to: "bench-baselines/6.1.json")
        let result = try bench.run(["run", "--kernel", "bench-kernel"] + Stream.selected)
        #expect(result.status == status)
        #expect(result.output.contains("6.1.0-test  \(words)\n"), "\(result.output)")
    }

    /// Nothing was judged, so nothing is as expected.
    @Test func nothingJudged() throws {
        let bench = try bench([.run(Self.guestHeader)] + Stream.whole((.error, .error)).dropFirst())
        try bench.write(
            "{\"version\": 1, \"series\": \"6.1\", \"kernel\": \"6.1.0\", \"lanes\": {\"default\": {}}}",
            to: "bench-baselines/6.1.json")
        let result = try bench.run(["run", "--kernel", "bench-kernel"] + Stream.selected)
        #expect(result.status == 3)
        #expect(result.output.contains("6.1.0-test  cannot be compared with its baseline, 2 of 2 not judged\n"))
    }

    /// A series without a baseline is held against the nearest that has one.
    @Test func theNearestBaseline() throws {
        let bench = try bench(Self.whole)
        for (series, verdict) in [("5.10", "failed"), ("5.15", "passed"), ("6.12", "failed")] {
            try bench.write(
                """
                {"version": 1, "series": "\(series)", "kernel": "\(series).1", "lanes": {"default": {
                "open.three-way": {"verdict": "\(verdict)"}, "close.simultaneous": {"verdict": "skipped"}}}}
                """, to: "bench-baselines/\(series).json")
        }
        let result = try bench.run(["run", "--kernel", "bench-kernel"] + Stream.selected)
        #expect(result.status == 0)
        #expect(result.output.hasSuffix("6.1.0-test  as the baseline of 5.15, the series nearest to 6.1, says\n"))
    }

    @Test(arguments: [
        ("", "6.1.0-test: the guest ended before its results did"),
        (
            "echo '[ 1.0] Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000100' >&5",
            "6.1.0-test: the kernel panicked: Attempted to kill init! exitcode=0x00000100"
        ),
        (
            "echo '[ 1.0] BUG: unable to handle page fault' >&5; echo '[ 1.1] Oops: 0002 [#1]' >&5",
            "6.1.0-test: the kernel oopsed: BUG: unable to handle page fault"
        ),
        ("kill -KILL $$", "6.1.0-test: QEMU was killed: SIGKILL"),
        ("echo 'qemu: no such accelerator' >&2; exit 1", "6.1.0-test: QEMU failed: qemu: no such accelerator"),
        ("exec sleep 100", "6.1.0-test: the guest hangs: no more results; nothing for 10 s, its processor halted"),
        ("while :; do :; done", "6.1.0-test: the guest hangs: no more results; nothing for 10 s, its processor busy"),
        ("kill -STOP $$", "6.1.0-test: the guest hangs: QEMU is stopped by a signal"),
    ])
    func aShortRun(_ script: String, _ message: String) throws {
        let bench = try bench(Array(Self.whole.prefix(5)), then: script)
        if message.contains("hangs") { bench.environment["TCPWITNESS_GUEST_SILENCE"] = "10" }
        let result = try bench.run(["run", "--kernel", "bench-kernel", "--record", "r.jsonl"] + Stream.selected)
        #expect(result.errors.hasPrefix("tcpwitness: \(message)\n"))
        #expect(result.status == 3)
        #expect(try RunRecord(Array(bench.read("r.jsonl").utf8)).end?.interrupted.map { message.hasSuffix($0) } == true)
    }

    @Test(arguments: [
        ("", "bench-kernel: the guest ended without a result"),
        (
            "exec sleep 100",
            "bench-kernel: the guest hangs: it never sent a result; nothing for 10 s, its processor halted"
        ),
        (
            "echo 'tcpwitness: veth: create veth: EOPNOTSUPP; load the module' >&5",
            "bench-kernel: the lab in the guest: veth: create veth: EOPNOTSUPP; load the module"
        ),
    ])
    func noResult(_ script: String, _ message: String) throws {
        let bench = try bench(then: script)
        if message.contains("hangs") { bench.environment["TCPWITNESS_GUEST_SILENCE"] = "10" }
        let result = try bench.run(["run", "--kernel", "bench-kernel", "open.three-way"])
        #expect(result.errors.contains(message.drop { $0 != ":" }))
        #expect(result.status == 3)
    }

    @Test func theConsoleIsShown() throws {
        let bench = try bench(then: "for i in 1 2 3; do echo \"line $i\" >&5; done")
        let result = try bench.run([
            "run", "--kernel", "bench-kernel", "open.three-way", "--record", "r.jsonl", "--junit", "j.xml",
            "--markdown",
            "m.md", "--json", "s.json", "--ktap", "k.ktap", "--html", "h.html",
        ])
        let path = bench.path("r.jsonl.console")
        let lines = ["line 1", "line 2", "line 3", "all of it: \(path)"]
        #expect(result.errors.hasSuffix(lines.map { "  console  \($0)\n" }.joined()))
        #expect(try bench.read("r.jsonl.console") == "line 1\nline 2\nline 3\n")
        let end = try RunRecord(Array(bench.read("r.jsonl").utf8)).end
        #expect(end?.console == ConsoleExcerpt(lines: ["line 1", "line 2", "line 3"], path: path))
        for report in ["j.xml", "m.md", "s.json", "k.ktap", "h.html"] {
            let text = try bench.read(report)
            #expect(text.contains("line 2"), "\(report)")
            #expect(text.contains("r.jsonl.console"), "\(report)")
        }
    }

    /// What a kernel prints is seen while it prints, and never as what a terminal would obey.
    @Test func theLiveConsole() throws {
        let script = "printf 'Linux \\033[2Jversion\\r\\n' >&5; printf half >&5"
        let result = try bench(Self.whole, then: script).run(
            ["run", "--kernel", "bench-kernel", "--console"] + Stream.selected)
        #expect(result.status == 0)
        #expect(result.errors == "console  Linux ?[2Jversion\nconsole  half\n")
    }

    /// A guest that never dies of its panic is ended, and the panic is what is told.
    @Test func aPanicThatDoesNotEnd() throws {
        let panic = "Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000100"
        let script = "echo '[ 1.0] \(panic)' >&5; echo '[ 1.1] the rest' >&5; exec sleep 100"
        let result = try bench(then: script).run(
            ["run", "--kernel", "bench-kernel", "open.three-way"], endingWithin: 90)
        #expect(result.status == 3)
        #expect(result.errors.contains(": the kernel panicked: Attempted to kill init! exitcode=0x00000100\n"))
        #expect(result.errors.contains("  console  [ 1.1] the rest\n"))
    }

    /// An oops that the kernel survives is told before its end, once.
    @Test func anOopsThatGoesOn() throws {
        let script = "echo '[ 1.0] Oops: 0002 [#1]' >&5; sleep 3"
        let result = try bench(Self.whole, then: script).run(
            ["run", "--kernel", "bench-kernel"] + Stream.selected, endingWithin: 90)
        #expect(result.status == 3)
        #expect(
            result.errors.hasPrefix(
                "tcpwitness: 6.1.0-test: the kernel oopsed and goes on: Oops: 0002 [#1]\n  console  [ 1.0] Oops: 0002 [#1]\n"
            ))
        #expect(result.errors.components(separatedBy: "goes on").count == 2)
    }

    /// The user says how long booting may take; without that a guest that says nothing is not waited for.
    @Test func bootTimeout() throws {
        let bench = try bench(then: "while :; do echo boots >&5; sleep 0.2; done")
        bench.environment["TCPWITNESS_GUEST_SILENCE"] = nil
        let result = try bench.run(
            ["run", "--kernel", "bench-kernel", "--boot-timeout", "2", "open.three-way"], endingWithin: 90)
        #expect(result.status == 3)
        #expect(result.errors.contains(": the guest hangs: it sent no result within 2 s\n"))
        #expect(result.errors.contains("  console  boots\n"))
    }

    /// The silence of a guest that boots, with the limits of real runs: within 15 s.
    @Test func silenceAtBoot() throws {
        let bench = try bench(then: "echo '[ 0.0] Linux version' >&5; exec sleep 100")
        bench.environment["TCPWITNESS_GUEST_SILENCE"] = nil
        let result = try bench.run(["run", "--kernel", "bench-kernel", "open.three-way"], endingWithin: 90)
        #expect(
            result.errors.contains(
                ": the guest hangs: it never sent a result; nothing for 12 s, its processor halted\n"))
        #expect(result.errors.contains("  console  [ 0.0] Linux version\n"))
    }

    /// What is missing is said once, before anything runs.
    @Test(arguments: ["qemu-that-is-not-there", "/nowhere/qemu"]) func withoutQEMU(_ path: String) throws {
        let bench = try bench(Self.whole)
        bench.environment["TCPWITNESS_QEMU"] = path
        let result = try bench.run(["run", "--kernel", "bench-kernel", "--record", "r.jsonl"])
        #expect(result.status == 3)
        #expect(result.output == "")
        #expect(result.errors.hasPrefix("tcpwitness: guests need what is not installed here: qemu-system-x86_64 ("))
        #expect(result.errors.split(separator: "\n").count == 1)
        #expect(!bench.files.contains("r.jsonl"))
    }

    /// An oops after the last result is no pass.
    @Test func crashAtTheEnd() throws {
        let bench = try bench(Self.whole, then: "echo 'BUG: scheduling while atomic' >&5")
        #expect(try bench.run(["run", "--kernel", "bench-kernel"] + Stream.selected).status == 3)
    }

    @Test(arguments: [
        // What the guest's word becomes.
        ("exit 85", "KVM", ""),
        (
            "echo 'qemu: failed to set MSR' >&2; kill -ABRT $$", "TCG",
            "guests are emulated: QEMU was killed under KVM (SIGABRT): qemu: failed to set MSR"
        ),
        (
            "echo 'Could not access KVM kernel module' >&2; exit 1", "TCG",
            "guests are emulated: QEMU failed under KVM (exit 1): Could not access KVM kernel module"
        ),
        ("exit 0", "TCG", "guests are emulated: QEMU failed under KVM (exit 0)"),
        ("exec sleep 100", "TCG", "guests are emulated: a probe under KVM did nothing for 5 s"),
    ])
    func realTime(_ probe: String, _ accelerator: String, _ message: String) throws {
        let bench = try bench(Self.whole(in: "guest, \(accelerator), real time"), probe: probe)
        let result = try bench.run(["run", "--real-time", "--kernel", "bench-kernel"] + Stream.selected)
        #expect(result.errors == (message.isEmpty ? "" : "tcpwitness: \(message)\n"))
        #expect(result.status == 0)
        #expect(try bench.read("bench-qemu-arguments").contains(" -accel \(accelerator.lowercased()) "))
        #expect(try bench.read("bench-image").contains("--place\nguest, \(accelerator), real time\n"))
    }

    /// KVM knows no virtual time.
    @Test func virtualTimeIsNeverAccelerated() throws {
        let place = "guest, TCG, virtual time, audit=0"
        let bench = try bench(Self.whole(in: place), probe: "touch '\("bench-probed")'; exit 85")
        #expect(
            try bench.run(["run", "--kernel", "bench-kernel", "--append", "audit=0"] + Stream.selected).status == 0)
        #expect(try bench.read("bench-qemu-arguments").contains(" -accel tcg "))
        #expect(try bench.read("bench-qemu-arguments").contains(" acpi=noirq audit=0 "))
        #expect(try bench.read("bench-image").contains("--place\nguest, TCG, virtual time, audit=0\n"))
        #expect(!FileManager.default.fileExists(atPath: bench.path("bench-probed")))
    }

    @Test func severalKernels() throws {
        let bench = try bench(Self.whole)
        try bench.write(Self.image(release: "5.10.0-other"), to: "bench-other")
        let arguments = ["--kernel", "bench-kernel", "--kernel", "bench-other"]
        let result = try bench.run(["run"] + Stream.selected + arguments + ["--record", "r.jsonl", "--junit", "j.xml"])
        #expect(result.status == 0)
        #expect(bench.files == ["j.xml", "r-5.10.0-other.jsonl", "r-6.1.0-test.jsonl"])
        #expect(result.output.contains("5.10.0-other  passed   open.three-way"))
        #expect(try bench.read("j.xml").components(separatedBy: "<testsuite ").count == 5)
    }

    @Test(arguments: [
        (["--kernel", "nowhere"], "no kernel nowhere: no such file, nor a series that 'tcpwitness kernel list' shows"),
        (["--kernel", "bench-qemu"], "bench-qemu: not a Linux kernel image"),
        (["--kernel", "bench-kernel:nowhere"], "no modules directory nowhere"),
        (["--kernel", "bench-kernel", "--kernel", "bench-kernel"], "--kernel names 6.1.0-test twice"),
        (["--real-time"], "--real-time needs --kernel"),
        (["--append", "quiet"], "--append needs --kernel"),
        (["--like", "6.12"], "--like needs --bisect"),
    ])
    func badKernels(_ arguments: [String], _ message: String) throws {
        let result = try bench().run(["run", "open.three-way"] + arguments)
        #expect(result.errors == "tcpwitness: \(message)\n")
        #expect(result.status == 2)
    }

    /// Even SIGKILL leaves no QEMU behind.
    @Test func killed() throws {
        let bench = try bench(then: "echo $$ > '\("pid")'; exec sleep 100")
        let running = try bench.start(["run", "--kernel", "bench-kernel", "open.three-way"])
        var pid: Int32?
        let deadline = Date.now + 20
        while pid == nil && Date.now < deadline {
            pid = (try? bench.read("pid")).flatMap { Int32($0.split(separator: "\n").first ?? "") }
            usleep(5000)
        }
        let qemu = try #require(pid)
        kill(running.process.processIdentifier, SIGKILL)
        _ = try running.wait()
        while kill(qemu, 0) == 0 && Date.now < deadline { usleep(5000) }
        #expect(kill(qemu, 0) == -1)
    }
}

let hasGuestTools = ["/usr/bin/strip", "/usr/bin/ldd"].allSatisfy(FileManager.default.isExecutableFile)
