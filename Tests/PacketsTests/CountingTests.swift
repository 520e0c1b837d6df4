import Packets
import Testing

@Suite struct CountingTests {
    /// Two hundred of the same are counted, not told two hundred times.
    @Test(arguments: [
        ([], ""), (["a"], "a"), (["a", "a", "a"], "a, a, a"), (["a", "a", "a", "a"], "a × 4"),
        (["a", "b", "a", "b"], "a, b, a, b"),
        (Array(repeating: "<ACK", count: 200) + ["<RST"], "<ACK × 200, <RST"),
        (["x"] + Array(repeating: "y", count: 5) + ["y z"], "x, y × 5, y z"),
    ])
    func neighboursAreCounted(_ texts: [String], _ joined: String) {
        #expect(texts.joined(counting: ", ") == joined)
    }
}
