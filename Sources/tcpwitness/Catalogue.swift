internal import Record

/// Every scenario in the order in which reports show them.
func catalogue(lane: Lane) -> [ScenarioDescription] {
    [
        ScenarioDescription(
            id: "open.three-way",
            claim: "An open takes three segments, and each end passes the states of RFC 9293.",
            citations: [Citation(source: "RFC 9293", section: "3.5")], documentVerdict: .holds,
            location: "Opening.swift:1",
            steps: ["B listens", "A connects", "A passes SYN_SENT, ESTABLISHED", "B passes SYN_RECV, ESTABLISHED"],
            nominalSeconds: 0),
        ScenarioDescription(
            id: "close.ordinary-path",
            claim: "The end that closes first passes FIN_WAIT1, FIN_WAIT2, TIME_WAIT.",
            citations: [Citation(source: "RFC 9293", section: "3.6")], documentVerdict: .holds,
            location: "Closing.swift:1", steps: ["A closes", "B closes"], nominalSeconds: 0),
        ScenarioDescription(
            id: "close.simultaneous",
            claim: "When FINs cross, each end goes FIN_WAIT1, CLOSING, TIME_WAIT.",
            citations: [Citation(source: "RFC 9293", section: "3.6")], documentVerdict: .holds,
            location: "Closing.swift:31", steps: ["hold the wire", "both ends close", "let the FINs cross"],
            nominalSeconds: 0),
    ]
}
