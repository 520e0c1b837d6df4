internal import ArgumentParser

extension Duration {
    /// The time that these words name: `90s`, `10m`, `1h30m`. Throws what is wrong with them.
    init(checking words: String) throws {
        let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600]
        var total = 0.0
        var digits = ""
        for character in words {
            if let unit = units[character], let number = Double(digits), number.isFinite {
                total += number * unit
                digits = ""
            } else if character.isASCII, character.isNumber || character == "." {
                digits.append(character)
            } else {
                digits = "?"
                break
            }
        }
        guard digits.isEmpty, total > 0, total < 1e9 else {
            throw ValidationError("it must be a time such as 90s, 10m or 1h30m")
        }
        self = .seconds(total)
    }
}
