package import Acts
/// The segments that a rule of the wire has met, in order.
///
/// A place is asked for by `try`: a scenario that counts on a segment which a wrong kernel never sent ends as failed,
/// and takes nothing else along.
package struct MatchedSegments: Sequence, Sendable {
    private var segments: [WireSegment] = []
    private let patterns: [String]

    init(of patterns: [String]) { self.patterns = patterns }

    package var count: Int { segments.count }
    package var isEmpty: Bool { segments.isEmpty }
    package var first: WireSegment? { segments.first }
    package var last: WireSegment? { segments.last }

    package subscript(place: Int) -> WireSegment {
        get throws {
            guard segments.indices.contains(place) else {
                let what = patterns.isEmpty ? "any segment" : patterns.joined(separator: " or ")
                throw ScenarioStop.missing(expected: "the wire meets \(place + 1) × \(what)", seen: "\(count)")
            }
            return segments[place]
        }
    }

    package func makeIterator() -> IndexingIterator<[WireSegment]> { segments.makeIterator() }

    mutating func append(_ segment: WireSegment) { segments.append(segment) }
}
