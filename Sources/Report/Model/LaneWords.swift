internal import Record

extension RunHeader {
    /// `default lane`, and in which order if not in the usual one.
    var laneWords: String { "\(lane.rawValue) lane" + (shuffle.map { ", shuffled by \($0)" } ?? "") }
}
