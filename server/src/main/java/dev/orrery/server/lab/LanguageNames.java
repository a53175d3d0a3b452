package dev.orrery.server.lab;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names of languages, in English and in the language itself. Those that there are packs for are in
 * a table, because the runtime knows English names alone; others are named in English.
 */
final class LanguageNames {

  /** Locale, its name in English and in itself, and the name of English in it. Source: CLDR. */
  private static final String TABLE =
      """
      ar_SA|Arabic (Saudi Arabia)|العربية (المملكة العربية السعودية)|الإنجليزية
      ca_ES|Catalan (Spain)|Català (Espanya)|Anglès
      cs_CZ|Czech (Czechia)|Čeština (Česko)|Angličtina
      da_DK|Danish (Denmark)|Dansk (Danmark)|Engelsk
      de_DE|German (Germany)|Deutsch (Deutschland)|Englisch
      el_GR|Greek (Greece)|Ελληνικά (Ελλάδα)|Αγγλικά
      es_ES|Spanish (Spain)|Español (España)|Inglés
      et_EE|Estonian (Estonia)|Eesti (Eesti)|Inglise
      fi_FI|Finnish (Finland)|Suomi (Suomi)|Englanti
      fr_FR|French (France)|Français (France)|Anglais
      he_IL|Hebrew (Israel)|עברית (ישראל)|אנגלית
      hi_IN|Hindi (India)|हिन्दी (भारत)|अंग्रेज़ी
      hu_HU|Hungarian (Hungary)|Magyar (Magyarország)|Angol
      hy_AM|Armenian (Armenia)|Հայերեն (Հայաստան)|Անգլերեն
      id_ID|Indonesian (Indonesia)|Indonesia (Indonesia)|Inggris
      it_IT|Italian (Italy)|Italiano (Italia)|Inglese
      ja_JP|Japanese (Japan)|日本語 (日本)|英語
      ko_KR|Korean (South Korea)|한국어 (대한민국)|영어
      lt_LT|Lithuanian (Lithuania)|Lietuvių (Lietuva)|Anglų
      nl_NL|Dutch (Netherlands)|Nederlands (Nederland)|Engels
      no_NO|Norwegian (Norway)|Norsk (Norge)|Engelsk
      pl_PL|Polish (Poland)|Polski (Polska)|Angielski
      pt_BR|Portuguese (Brazil)|Português (Brasil)|Inglês
      pt_PT|Portuguese (Portugal)|Português (Portugal)|Inglês
      ro_RO|Romanian (Romania)|Română (România)|Engleză
      ru_RU|Russian (Russia)|Русский (Россия)|Английский
      si_LK|Sinhala (Sri Lanka)|සිංහල (ශ්‍රී ලංකාව)|ඉංග්‍රීසි
      sk_SK|Slovak (Slovakia)|Slovenčina (Slovensko)|Angličtina
      sv_SE|Swedish (Sweden)|Svenska (Sverige)|Engelska
      ta_IN|Tamil (India)|தமிழ் (இந்தியா)|ஆங்கிலம்
      th_TH|Thai (Thailand)|ไทย (ไทย)|อังกฤษ
      tr_TR|Turkish (Türkiye)|Türkçe (Türkiye)|İngilizce
      uk_UA|Ukrainian (Ukraine)|Українська (Україна)|Англійська
      vi_VN|Vietnamese (Vietnam)|Tiếng Việt (Việt Nam)|Tiếng Anh
      zh_CN|Chinese (Simplified, China)|中文 (简体, 中国)|英语
      zh_TW|Chinese (Traditional, Taiwan)|中文 (繁體, 台灣)|英文
      """;

  private record Names(String english, String own, String ofEnglish) {}

  private static final Set<String> LANGUAGES = Set.of(Locale.getISOLanguages());
  private static final Set<String> COUNTRIES = Set.of(Locale.getISOCountries());

  /** Language, script, country. */
  private static final Pattern LOCALE =
      Pattern.compile("([a-z]{2,3})(?:_[a-z]{4})?(?:_([a-z]{2}))?");

  private final Map<String, Names> table = new HashMap<>();

  LanguageNames() {
    TABLE
        .lines()
        .map(line -> line.split("\\|", 4))
        .forEach(row -> table.put(row[0], new Names(row[1], row[2], row[3])));
  }

  /** Whether there is such a language, in such a country, in any case of letters: {@code fr_FR}. */
  static boolean isKnown(String locale) {
    Matcher parts = LOCALE.matcher(locale.toLowerCase(Locale.ROOT));
    return parts.matches()
        && (parts.group(1).length() == 3 || LANGUAGES.contains(parts.group(1)))
        && (parts.group(2) == null || COUNTRIES.contains(parts.group(2).toUpperCase(Locale.ROOT)));
  }

  /** The name for those who read {@code reader}. */
  String shown(String locale, String reader) {
    if (locale.equals(reader)) {
      return own(locale);
    }
    Names names = table.get(reader);
    return locale.equals("en") && names != null ? names.ofEnglish() : english(locale);
  }

  /** The name in the language itself. */
  String own(String locale) {
    Names names = table.get(locale);
    return names == null ? english(locale) : names.own();
  }

  private String english(String locale) {
    Names names = table.get(locale);
    return names == null
        ? Locale.forLanguageTag(locale.replace('_', '-')).getDisplayName(Locale.ENGLISH)
        : names.english();
  }
}
