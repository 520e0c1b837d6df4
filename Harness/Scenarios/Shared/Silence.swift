internal import Vocabulary

/// How long nothing is to happen: longer than any timeout that could end it.
enum Silence {
    static func seconds(_ lane: Lane) -> Double { lane == .scaled ? 4 : 7200 }

    /// In the lane that the attempt runs in.
    static var duration: Duration { .seconds(seconds(isScaled ? .scaled : .default)) }
}
