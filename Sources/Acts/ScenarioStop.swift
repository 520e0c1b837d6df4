/// Why a scenario ended before its last line.
package enum ScenarioStop: Error {
    /// A required expectation was not met; it has been recorded.
    case failed
    /// Something that the next step rests on is not there; it has not been recorded yet.
    case missing(expected: String, seen: String)
    /// The harness cannot tell: witnesses disagree, or something of its own went wrong.
    case harness(String)
    /// The harness cannot tell, because it looked too late or its own call took too long.
    case late(String)
    /// A prerequisite is missing.
    case skipped(String)
}
