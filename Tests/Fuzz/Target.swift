/// Something that reads what others wrote, with inputs that it reads well.
struct Target: Sendable {
    let name: String
    let isText: Bool
    let corpus: [[UInt8]]
    /// Reads an input; may throw, and do nothing else that is bad.
    let read: @Sendable ([UInt8]) throws -> Void

    init(_ name: String, text corpus: [String], _ read: @escaping @Sendable ([UInt8]) throws -> Void) {
        self.init(name, isText: true, corpus.map { Array($0.utf8) }, read)
    }

    init(
        _ name: String, isText: Bool = false, _ corpus: [[UInt8]], _ read: @escaping @Sendable ([UInt8]) throws -> Void
    ) {
        self.name = name
        self.isText = isText
        self.corpus = corpus
        self.read = read
    }

    static let all = records + outsides + kernels

    /// Mutant `number` of a run, which follows from the seed alone.
    static func mutant(_ number: Int, seed: UInt64) -> (target: Target, input: [UInt8]) {
        let target = all[number % all.count]
        var mutator = Mutator(seed: seed &* 0x1_0000_0001 &+ UInt64(number))
        return (target, mutator.mutant(of: target.corpus, isText: target.isText))
    }
}

extension String {
    var bytes: [UInt8] { Array(utf8) }
}

func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
