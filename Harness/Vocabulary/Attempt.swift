internal import Acts
internal import Record

/// The attempt that the calling thread is at, which every verb is about.
///
/// As in swift-testing, whose `#expect` knows its test without being told: a scenario then reads as what happens.
var attempt: any Executor {
    guard let executor = Attempting.executor else { fatalError("a verb of the vocabulary outside of a scenario") }
    return executor
}

// swift-format-ignore: AlwaysUseLowerCamelCase
/// Host A, which is the client where nothing else is said.
package var A: Host { Host(name: .a) }
// swift-format-ignore: AlwaysUseLowerCamelCase
/// Host B, which is the server where nothing else is said.
package var B: Host { Host(name: .b) }
/// What lies between A and B.
package var wire: Wire { Wire() }

/// Whether sysctls are shortened, so that the scenario takes little real time.
package var isScaled: Bool { attempt.lane == .scaled }

/// Whether there are tracepoints, for scenarios in which only some figure needs them.
package var isTraced: Bool { get throws { try attempt.ask { $0.isTraced } } }

// MARK: The parts of a scenario

/// A step: what is done in it, and what is then to be seen.
///
/// Its words are those that `tcpwitness show`, the HTML page and the record have for it. What the wire is expected to
/// carry, it carries since the step began.
package func step(_ words: String, _ body: () throws -> Void) rethrows {
    try attempt.step(words, body)
}

/// A new part of the scenario: counters start anew, and segments of the part before no longer count.
package func chapter(_ words: String, file: StaticString = #fileID, line: Int = #line) {
    perform(.attempt(.chapter(words)), file, line)
}

/// Does the same over IPv4 and over IPv6, each as a chapter.
///
/// Hosts' addresses are those of the family, and so are sockets. Listeners are closed at the end of each.
package func overBothFamilies(
    file: StaticString = #fileID, line: Int = #line, _ body: () throws -> Void
) rethrows {
    for isV6 in [false, true] {
        chapter(isV6 ? "over IPv6" : "over IPv4", file: file, line: line)
        perform(.attempt(.overIPv6(isV6)), file, line)
        try body()
        perform(.attempt(.closeListeners), file, line)
    }
    perform(.attempt(.overIPv6(false)), file, line)
}

/// Does what another scenario does, over IPv6, as a chapter of this one.
package func overIPv6(_ scenario: Scenario) {
    attempt.announce("\(scenario.id) over IPv6:")
    try? attempt.ask { try $0.overIPv6(scenario) }
}

/// Lets time pass; the wire goes on moving.
package func letPass(_ duration: Duration, file: StaticString = #fileID, line: Int = #line) {
    perform(.attempt(.passTime(duration)), file, line)
}

/// Lets time pass without a pause, so that the kernel's tick finds a processor at work.
package func keepBusy(for duration: Duration, file: StaticString = #fileID, line: Int = #line) {
    perform(.attempt(.keepBusy(duration)), file, line)
}

// MARK: What is kept of it

/// Says which of the known kernel variants was seen.
package func variant(_ name: String, file: StaticString = #fileID, line: Int = #line) {
    perform(.attempt(.variant(name)), file, line)
}

/// Keeps a figure for comparison between kernels.
package func measure(
    _ name: String, _ value: Double, _ unit: String, within tolerance: Double, file: StaticString = #fileID,
    line: Int = #line
) {
    perform(.attempt(.measure(name, value, unit: unit, tolerance: tolerance)), file, line)
}

/// Keeps something a reader should know.
package func note(_ text: String, file: StaticString = #fileID, line: Int = #line) {
    perform(.attempt(.note(text)), file, line)
}

/// Says why the present chapter has shown nothing either way, so that nobody compares it.
package func voidChapter(_ reason: String, file: StaticString = #fileID, line: Int = #line) {
    perform(.attempt(.void(reason)), file, line)
}

/// Ends the scenario without a verdict, because this kernel or machine lacks what it is about.
package func skip(_ reason: String) throws -> Never {
    try attempt.ask { _ in throw ScenarioStop.skipped(reason) }
    throw ScenarioStop.skipped(reason)
}

/// Ends the scenario because the machine, not the kernel, has kept it from seeing anything.
package func giveUp(_ reason: String) throws -> Never {
    try attempt.ask { _ in throw ScenarioStop.harness(reason) }
    throw ScenarioStop.harness(reason)
}

// MARK: The whole machine

/// Sets a sysctl of the whole machine, `net.ipv4.tcp_max_orphans`, until the scenario is over.
///
/// Skips where the kernel is not ours alone. Whoever uses it says `alone: true`.
package func setMachine(_ sysctl: String, to value: String, file: StaticString = #fileID, line: Int = #line) {
    perform(.attempt(.setMachine(sysctl, to: value)), file, line)
}

/// Puts back what `setMachine` has set; done anyway when the scenario is over.
package func restoreMachine(file: StaticString = #fileID, line: Int = #line) {
    perform(.attempt(.restoreMachine), file, line)
}

/// The counters of retransmissions, the segments on the wire and the tracepoint agree on both hosts.
package func retransmissionsAgree(file: StaticString = #fileID, line: Int = #line) {
    perform(.attempt(.retransmissionsAgree), file, line)
}

/// Makes an act be performed.
func perform(_ act: Act, _ file: StaticString, _ line: Int) {
    attempt.perform(act, at: SourceLocation(file, line))
}
