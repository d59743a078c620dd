"""Writes the list of passwords that nobody may choose, one a line, lower case, sorted, in parts.

The rule is the commonest ten thousand of those that have the length we ask for. Published lists of
leaked passwords hold almost none so long (and bring their own licences), so this is no excerpt of
one: it is made by the rules by which people lengthen the words that head every such list. A word
twice, a word with a year or digits or a name behind it, with letters written as digits, runs along
the keyboard. The words and the rules below are in order of how common they are.
"""
import argparse
import itertools
import pathlib

LENGTH_MIN = 12

# Long as they are, found in leaks in this form.
WHOLE = """
passwordpassword password1234 password12345 password123456 passw0rdpassw0rd p@ssw0rdp@ssw0rd
123456789012 1234567890123 12345678901234 123456789012345 1234567890123456 12345678901234567890
012345678901 0123456789012 123123123123 123412341234 123456123456 1234567812345678 112233445566
1122334455667788 121212121212 123321123321 111222333444 147258369147 1472583690147 741852963741
qwertyuiop123 qwertyuiop[] qwertyuiopasdf qwertyuiop1234 qwertyuiopasdfghjkl qwertyqwerty
qwerty123456 qwerty1234567 qwerty12345678 qwerty123456789 asdfghjkl123 asdfghjkl1234 asdfghjklzxcvbnm
asdfasdfasdf zxcvbnm12345 zxcvbnmasdfghjkl zxcvbnm,./123 1q2w3e4r5t6y 1q2w3e4r5t6y7u 1q2w3e4r5t6y7u8i
1q2w3e4r5t6y7u8i9o0p q1w2e3r4t5y6 q1w2e3r4t5y6u7 q1w2e3r4t5y6u7i8 1qaz2wsx3edc 1qaz2wsx3edc4rfv
1qazxsw23edc 1qaz1qaz1qaz qazwsxedcrfv qazwsxedcrfvtgb qazwsx123456 zaq12wsxcde3 zaq1xsw2cde3
!qaz2wsx#edc !qaz@wsx#edc 1qaz@wsx3edc qweasdzxc123 qweasdzxc1234 123qweasdzxc 123qweasd123 1234qwerasdf
1234qwerasdfzxcv qwerasdfzxcv qwer1234asdf asdf1234qwer abcdefghijkl abcdefghijklm abcdefghijklmnop
abcdefghijklmnopqrstuvwxyz abcd1234abcd abcd12345678 abc123abc123 abc123456789 a1b2c3d4e5f6
a1b2c3d4e5f6g7 a1s2d3f4g5h6 aaaaaaaaaaaa aabbccddeeff 1a2b3c4d5e6f asd123asd123 asdqwe123456 qwe123qwe123
correcthorsebatterystaple correct horse battery staple correcthorse trustno1trustno1 letmeinletmein
iloveyou1234 iloveyou12345 iloveyouforever iloveyousomuch iloveyoubaby iloveyouiloveyou iloveyou4ever
iloveyoumore iloveyoumom iloveyoubabe ilovemyfamily ilovemymommy ilovemyself1 ilovemylife1 ilovejesus123
jesusislord1 jesuschrist1 jesusismylord jesuslovesme godisgood123 godisgreat123 thankyoujesus
unbelievable manchesterunited liverpoolfc1 realmadrid123 barcelona1234 chelseafc1234 arsenal12345
basketball12 basketball123 football1234 baseball1234 superman1234 spiderman123 batman123456 pokemon12345
princess1234 sunshine1234 butterfly123 chocolate123 computer1234 michael12345 jennifer1234
administrator administrator1 administrator123 adminadminadmin admin1234567 admin12345678 admin123456789
rootrootroot toortoortoor changemenow1 changeme1234 changemeplease defaultpassword temporarypassword
temppassword temppassword1 testpassword testpassword1 testtesttest test12345678 test123456789 userpassword
guestpassword welcome12345 welcome123456 welcomewelcome letmein12345 letmein123456 secretpassword
mypassword123 mypassword12 mypassword1234 newpassword1 newpassword123 oldpassword123 thisismypassword
yourpassword yourpassword1 nopassword123 notapassword forgotpassword ineedapassword masterpassword
supersecret1 supersecret123 topsecret123 topsecretpassword opensesame123 administrador
contrasena123 motdepasse12 motdepasse123 passwort1234 passwort12345 wachtwoord12 wachtwoord123 senha1234567
hejhejhejhej lösenord1234 salasana1234 haslo1234567 parola123456 kubernetes123 kubernetes1234
docker123456 jenkins12345 postgres1234 postgres12345 mysql1234567 oracle123456 cisco1234567 raspberry123
raspberrypi123 vagrantvagrant playstation3 playstation2 minecraft123 starwars1234 startrek1234
harrypotter1 harrypotter7 christopher1 christopher123 alexanderalexander bobmarley420 metallica123
slipknot6661 blink182blink fuckyoufuckyou fuckyou12345 fuckyou123456 motherfucker motherfucker1
motherfucker123 pussy1234567 whatever1234 whateverwhatever nevermind123 dontforget12 donotforget1
dragonballz1 dragonballz123 dragon123456 monkey123456 shadow123456 master123456 killer123456 hunter123456
summer123456 winter123456 spring123456 autumn123456 january12345 february1234 september123 october12345
november1234 december1234 wednesday123 thursday1234 saturday1234 californication internet1234
""".split("\n")

# Heads of the lists of leaked passwords: words, names, clubs, places, things.
WORDS = """
password qwerty iloveyou admin welcome monkey dragon letmein football baseball sunshine princess master
shadow superman michael jordan batman trustno1 charlie jennifer thomas hunter daniel andrew joshua
jessica ashley nicole michelle summer winter spring autumn hello freedom whatever computer internet
secret pepper ginger cookie chocolate banana cheese flower butterfly purple orange yellow silver golden
diamond soccer hockey basketball tennis golf yankees liverpool chelsea arsenal barcelona madrid juventus
starwars pokemon naruto minecraft matrix phoenix falcon eagle tiger lion panther jaguar mustang ferrari
porsche mercedes corvette camaro harley yamaha samsung google facebook windows microsoft apple android
linux ubuntu server system network database postgres oracle mysql docker kubernetes jenkins cisco root
guest test user manager support office company business school student teacher family forever friends
lovely loveme lover baby angel heaven jesus christ blessed faith church heart crazy killer warrior
soldier ranger sniper hacker gamer player legend winner champion ninja samurai wizard merlin gandalf
london paris berlin america canada mexico brazil germany france england scotland ireland australia
amanda andrea anthony austin brandon brian cameron carlos chris christian david dennis diego edward
eric george hannah heather jackson jacob james jasmine jason john joseph justin kevin lauren madison
maria mario martin matthew melissa morgan nathan nicholas oliver patrick peter rachel rebecca richard
robert samantha samuel sandra sarah scott sophie stephanie steven taylor tigger tyler vanessa victoria
vincent william maggie buster bailey rocky lucky max buddy snoopy garfield mickey donald blink metallica
nirvana slipknot eminem guitar music rainbow dolphin elephant turtle spider scorpion thunder lightning
storm hurricane ocean river mountain forest garden monday tuesday wednesday thursday friday saturday
sunday january february march april june july august september october november december passwort
wachtwoord contrasena motdepasse senha changeme default temp access login pass
""".split()

DIGITS = ["1", "12", "123", "1234", "12345", "123456", "1234567", "12345678", "123456789", "1234567890",
          "11", "22", "69", "77", "88", "99", "007", "111", "321", "666", "777", "101", "420", "000",
          "0000", "1111", "2222", "4321", "54321", "654321", "112233", "121212", "123123", "123321"]
YEARS = [str(year) for year in range(1970, 2031)]
MARKS = ["!", "!!", "!!!", ".", "?", "@", "#", "$", "*", "1!", "12!", "123!", "1234!", "@1", "@12", "@123",
         "@1234", "#1", "#123", "!1", "!123", "_123", "-123", ".123"]
LEET = str.maketrans("aeios", "43105")
LEET_MARKS = str.maketrans({"a": "@", "o": "0", "s": "$", "i": "1"})


def candidates():
    """The likely ones first."""
    for row in WHOLE:
        # The one entry with spaces stands for itself too.
        yield "correct horse battery staple"
        yield from row.split()
    for length in range(LENGTH_MIN, 21):
        for char in "0123456789abcdefghijklmnopqrstuvwxyz*.-":
            yield char * length
    for row in ("qwertyuiopasdfghjklzxcvbnm", "1234567890qwertyuiop", "abcdefghijklmnopqrstuvwxyz",
                "1q2w3e4r5t6y7u8i9o0p", "qazwsxedcrfvtgbyhnujm", "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
                "98765432109876543210", "zyxwvutsrqponmlkjihgfedcba", "mnbvcxzlkjhgfdsapoiuytrewq"):
        for length in range(LENGTH_MIN, len(row) + 1):
            yield row[:length]
    for word in WORDS:
        yield word * 2
        yield word * 3
        for tail in DIGITS:
            yield word + tail
    for word, year in itertools.product(WORDS, YEARS):
        yield word + year
        yield word + year + "!"
    for word, tail in itertools.product(WORDS, MARKS):
        yield word + tail
    for word in WORDS:
        for spelled in {word.translate(LEET), word.translate(LEET_MARKS)} - {word}:
            yield spelled * 2
            for tail in DIGITS:
                yield spelled + tail
            for year in YEARS[20:]:
                yield spelled + year
    for first, second in itertools.product(WORDS[:60], WORDS[:60]):
        yield first + second


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", nargs="+", required=True, help="one file a part")
    args = parser.parse_args()
    chosen = {text for text in candidates() if len(text) >= LENGTH_MIN}
    if len(chosen) < 10000:
        raise SystemExit("only %d passwords came out of the rules" % len(chosen))
    rows = sorted(chosen)
    for index, name in enumerate(args.out):
        pathlib.Path(name).write_text("\n".join(rows[index::len(args.out)]) + "\n")


main()
